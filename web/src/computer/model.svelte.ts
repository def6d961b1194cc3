// What a computer's page knows: the computer, its history over the chosen span, both kept fresh
// while the page is shown.

import * as calls from '../api/calls';
import { ApiError, messageOf } from '../api/client';
import type { ComputerDetail, History } from '../api/types';
import { clock } from '../app/clock.svelte';
import { rhythm } from '../live/rhythm.svelte';
import { stream } from '../live/stream.svelte';
import { chartedSeries } from './charts';
import { isOver, merged, planOf, spanByDefault, tailOf } from './history';
import { Presence } from './presence.svelte';
import { isFixed, nameOf, type View } from './view';

export class ComputerModel {
  readonly id: number;
  detail = $state.raw<ComputerDetail | null>(null);
  failure = $state<string | null>(null);
  gone = $state(false);

  /** Null until it is known what to show by default. */
  view = $state.raw<View | null>(null);
  history = $state.raw<History | null>(null);
  historyFailure = $state<string | null>(null);
  /** Null until known; `first_ms` in it is null where there is no sample yet. */
  extent = $state.raw<{ first_ms: number | null; last_ms: number | null } | null>(null);
  /** The first and the last moment of all samples; null while none is known. */
  readonly sampled = $derived.by(() => {
    const { first_ms, last_ms } = this.extent ?? { first_ms: null, last_ms: null };
    if (first_ms === null) return null;
    const newest_ms = this.detail?.sample?.timestamp_ms ?? first_ms;
    return { first_ms, last_ms: Math.max(last_ms ?? first_ms, newest_ms) };
  });
  readonly presence: Presence;
  width_px = $state(0);
  /** Whether `history` is of another view than the one that is chosen. */
  #isOther = false;
  #request = 0;
  #loading = false;
  #again = false;

  constructor(id: number) {
    this.id = id;
    this.presence = new Presence(id);
  }

  /** Follows the live stream until the returned function is called. */
  follow(): () => void {
    void this.load();
    return stream.listen({
      hello: () => void this.load(),
      resync: () => void this.load(),
      update: ({ computers, removed }) => {
        if (removed.includes(this.id)) this.gone = true;
        else if (computers.some(({ id }) => id === this.id)) void this.load();
      },
    });
  }

  /** One at a time: what asks meanwhile is answered by one more, begun after it asked. */
  async load(): Promise<void> {
    this.#again = true;
    if (this.#loading) return;
    this.#loading = true;
    while (this.#again) {
      this.#again = false;
      await this.#loadOnce();
    }
    this.#loading = false;
  }

  async #loadOnce(): Promise<void> {
    try {
      this.detail = await calls.computer(this.id);
      this.failure = null;
      if (this.extent === null || this.extent.first_ms === null) await this.#loadExtent();
      await this.loadHistory();
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) this.gone = true;
      else this.failure = messageOf(error);
    }
  }

  /** Another stretch; the charts stay as they are until it is there. */
  show(view: View | null): void {
    this.view = view;
    this.#isOther = true;
    void this.loadHistory();
  }

  /** Fetches the newest buckets only, where those before them are known. */
  async loadHistory(): Promise<void> {
    const { interval_s } = rhythm;
    const { width_px, sampled: extent } = this;
    if (extent === null || interval_s === null || width_px === 0) return;
    const now_ms = clock.exact_ms();
    const view = (this.view ??= { span: spanByDefault({ ...extent, now_ms }) });
    const plan = planOf(view, { ...extent, now_ms, interval_s, width_px });
    const known = this.#isOther ? null : this.history;
    if (known && isFixed(view) && isOver(plan, known, now_ms)) return;
    void this.presence.refresh(plan, nameOf(view), this.detail);
    const tail = known && tailOf(plan, known);
    const request = (this.#request += 1);
    try {
      const answer = await calls.history(this.id, { ...(tail ?? plan), series: chartedSeries });
      // A stretch chosen meanwhile has asked for its own.
      if (request !== this.#request) return;
      const joins = known && tail && answer.step_s === plan.step_s;
      this.history = joins ? merged(plan, known, answer) : answer;
      this.#isOther = false;
      this.historyFailure = null;
    } catch (error) {
      if (request !== this.#request) return;
      if (this.#isOther) this.history = null;
      this.historyFailure = messageOf(error);
    }
  }

  async #loadExtent(): Promise<void> {
    const { first_ms, last_ms } = await calls.seriesList(this.id);
    this.extent = { first_ms, last_ms };
  }
}
