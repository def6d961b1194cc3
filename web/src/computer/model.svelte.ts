// What a computer's page knows: the computer, its history over the chosen span, both kept fresh
// while the page is shown.

import * as calls from '../api/calls';
import { ApiError, messageOf } from '../api/client';
import type { ComputerDetail, History } from '../api/types';
import { clock } from '../app/clock.svelte';
import { rhythm } from '../live/rhythm.svelte';
import { stream } from '../live/stream.svelte';
import { chartedSeries } from './charts';
import { merged, planOf, spanByDefault, tailOf, type Span } from './history';
import { Presence } from './presence.svelte';

export class ComputerModel {
  readonly id: number;
  detail = $state.raw<ComputerDetail | null>(null);
  failure = $state<string | null>(null);
  gone = $state(false);

  span = $state<Span | null>(null);
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

  show(span: Span): void {
    this.span = span;
    this.history = null;
    void this.loadHistory();
  }

  /** Fetches the newest buckets only, where those before them are known. */
  async loadHistory(): Promise<void> {
    const { interval_s } = rhythm;
    const { width_px, sampled: extent, history: known } = this;
    if (extent === null || interval_s === null || width_px === 0) return;
    const now_ms = clock.exact_ms();
    this.span ??= spanByDefault({ ...extent, now_ms });
    const plan = planOf(this.span, { ...extent, now_ms, interval_s, width_px });
    const tail = known && tailOf(plan, known);
    void this.presence.refresh(plan, this.span, this.detail);
    const request = (this.#request += 1);
    try {
      const answer = await calls.history(this.id, { ...(tail ?? plan), series: chartedSeries });
      // A span chosen meanwhile has asked for its own.
      if (request !== this.#request) return;
      const joins = known && tail && answer.step_s === plan.step_s;
      this.history = joins ? merged(plan, known, answer) : answer;
      this.historyFailure = null;
    } catch (error) {
      if (request === this.#request) this.historyFailure = messageOf(error);
    }
  }

  async #loadExtent(): Promise<void> {
    const { first_ms, last_ms } = await calls.seriesList(this.id);
    this.extent = { first_ms, last_ms };
  }
}
