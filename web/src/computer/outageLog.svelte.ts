// Outages and gaps of the shown span. They are loaded again when the computer's status changes, and
// occasionally besides, since for a long span the response costs the server more than a chart does.

import * as calls from '../api/calls';
import { errorMessage } from '../api/client';
import type { Completeness, ComputerDetail } from '../api/types';
import { clock } from '../app/clock.svelte';
import { rhythm } from '../live/rhythm.svelte';
import type { Plan } from '../charts/plan';
import {
  findDownNow,
  findMissing,
  wasFilledIn,
  type DownNow,
  type CompletenessContext,
} from './missing';
import { isEventMissing, findOutages, uptimeShare } from './outages';

interface Answer {
  completeness: Completeness;
  asked_s: number;
}

/** A two-hundredth of the span, the smallest visible change, within limits. */
const maxAge_s = ({ from_s, to_s }: Plan): number =>
  Math.min(300, Math.max(15, (to_s - from_s) / 200));

const overdue_ms = 500;

export class OutageLog {
  readonly #id: number;
  readonly #onFilledIn: () => void;
  #answer = $state.raw<Answer | null>(null);
  #down = $state.raw<DownNow | null>(null);
  failure = $state<string | null>(null);
  #subject = '';
  #asked_s = 0;
  #request = 0;
  #isAsking = false;
  /** Whether loading took so long that the charts appear without it and move once it arrives. */
  #isOverdue = $state(false);
  #waiting: ReturnType<typeof setTimeout> | undefined;

  /** Whether the content above the charts has its final height. */
  readonly isSettled = $derived(this.#answer !== null || this.failure !== null || this.#isOverdue);
  readonly completeness = $derived(this.#answer?.completeness ?? null);
  /** Whether it may still change: a span that ended before the request cannot. */
  readonly #lasts = $derived(
    this.#answer !== null && this.#answer.completeness.to >= this.#answer.asked_s,
  );
  readonly #now = $derived.by((): CompletenessContext => {
    const now_s = clock.now_ms / 1000;
    const interval_s = rhythm.interval_s ?? 0;
    const down = this.#lasts ? this.#down : null;
    return { now_s, interval_s, asked_s: this.#answer?.asked_s ?? now_s, down };
  });
  readonly missing = $derived(this.completeness ? findMissing(this.completeness, this.#now) : []);
  readonly outages = $derived(this.completeness ? findOutages(this.completeness, this.#now) : []);
  readonly uptime = $derived.by(() => {
    if (!this.completeness) return null;
    const { from, to } = this.completeness;
    return uptimeShare(this.outages, from, this.#lasts ? clock.now_ms / 1000 : to);
  });

  /** `onFilledIn` is called when a gap has been filled in. */
  constructor(id: number, onFilledIn: () => void) {
    this.#id = id;
    this.#onFilledIn = onFilledIn;
  }

  #isEarly(detail: ComputerDetail | null, now_s: number): boolean {
    if (!detail || !this.#answer) return false;
    const { completeness, asked_s } = this.#answer;
    return isEventMissing(detail, completeness.outages, {
      now_s,
      asked_s,
      interval_s: rhythm.interval_s ?? 0,
    });
  }

  async refresh(plan: Plan, view: string, detail: ComputerDetail | null): Promise<void> {
    this.#down = findDownNow(detail);
    const now_s = clock.exact_ms() / 1000;
    const subject = `${view} ${detail?.status} ${detail?.since_ms}`;
    const age_s = this.#isEarly(detail, now_s) ? 1 : maxAge_s(plan);
    const isRecent = this.#isAsking || now_s - this.#asked_s < age_s;
    if (subject === this.#subject && isRecent) return;
    this.#waiting ??= setTimeout(() => (this.#isOverdue = true), overdue_ms);
    this.#subject = subject;
    this.#asked_s = now_s;
    const request = (this.#request += 1);
    this.#isAsking = true;
    try {
      const completeness = await calls.completeness(this.#id, plan.from_s, plan.to_s);
      if (request !== this.#request) return;
      const before = this.completeness;
      this.#answer = { completeness, asked_s: now_s };
      this.failure = null;
      if (before && wasFilledIn(before, completeness)) this.#onFilledIn();
    } catch (error) {
      if (request !== this.#request) return;
      this.#answer = null;
      this.failure = errorMessage(error);
    } finally {
      if (request === this.#request) this.#isAsking = false;
    }
  }
}
