// The series that a page draws over one plan: loaded when a chart that needs them comes near, then
// only their newest buckets. The old values stay until the new ones arrive.

import { errorMessage } from '../api/client';
import type { HistoryQuery } from '../api/calls';
import type { Buckets, History } from '../api/types';
import { clock } from '../app/clock.svelte';
import {
  planRequests,
  isContinuation,
  joinBuckets,
  bucketsOnPlan,
  type SeriesRequest,
  type KnownSeries,
} from './requests';
import type { Plan } from './plan';

export class SeriesStore {
  /** The plan of `series`; null until something is known. */
  plan = $state.raw<Plan | null>(null);
  series = $state.raw<Record<string, Buckets>>({});
  failure = $state<string | null>(null);
  readonly #fetch: (query: HistoryQuery) => Promise<History>;
  #target: Plan | null = null;
  #wanted = new Map<object, readonly string[]>();
  #known = new Map<string, KnownSeries>();
  #running = false;
  #again = false;

  constructor(fetch: (query: HistoryQuery) => Promise<History>) {
    this.#fetch = fetch;
  }

  /** Loads these series until the returned function is called. */
  want(names: readonly string[]): () => void {
    const owner = {};
    this.#wanted.set(owner, names);
    // Several charts come near at once; one request loads the series of all.
    queueMicrotask(() => void this.#load());
    return () => this.#wanted.delete(owner);
  }

  /** Draws `plan` from now on. */
  async refresh(plan: Plan): Promise<void> {
    this.#target = plan;
    await this.#load();
  }

  /** Loads everything again; the old values stay until it arrives. */
  renew(): void {
    this.#known.clear();
  }

  /** One round at a time: requests made meanwhile are served by one more round. */
  async #load(): Promise<void> {
    this.#again = true;
    if (this.#running) return;
    this.#running = true;
    while (this.#again) {
      this.#again = false;
      await this.#loadOnce();
    }
    this.#running = false;
  }

  async #loadOnce(): Promise<void> {
    const plan = this.#target;
    if (!plan) return;
    const asks = planRequests(plan, this.#names(), this.#known, clock.exact_ms());
    try {
      for (const ask of asks) {
        await this.#ask(plan, ask);
        // If another stretch was chosen, the rest of this round would be thrown away. If the same
        // stretch only moved on by a bucket, the round continues, or it would never finish.
        if (!isContinuation(plan, this.#target!)) return;
        this.#publish(plan);
      }
      if (asks.length === 0) this.#publish(plan);
      this.failure = null;
    } catch (error) {
      if (!isContinuation(plan, this.#target!)) return;
      this.failure = errorMessage(error);
      if (this.plan && this.plan.step_s !== plan.step_s) this.#forget();
    }
  }

  #names(): string[] {
    return [...this.#wanted.values()].flat();
  }

  async #ask(plan: Plan, { plan: part, series }: SeriesRequest): Promise<void> {
    const answer = await this.#fetch({ ...part, series });
    for (const name of series) {
      const known = joinBuckets(plan, this.#known.get(name), answer, name);
      if (known) this.#known.set(name, known);
    }
  }

  #publish(plan: Plan): void {
    const series: Record<string, Buckets> = {};
    for (const name of this.#names()) {
      const known = this.#known.get(name);
      const buckets = known && bucketsOnPlan(plan, known, name);
      if (buckets) series[name] = buckets;
    }
    // Series out of sight are kept as long as new buckets can extend them.
    for (const [name, { step_s }] of this.#known)
      if (step_s !== plan.step_s) this.#known.delete(name);
    this.plan = plan;
    this.series = series;
  }

  #forget(): void {
    this.plan = null;
    this.series = {};
  }
}
