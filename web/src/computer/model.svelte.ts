// The data of a computer's page: the computer and its history over the chosen span, both updated
// while the page is open.

import { untrack } from 'svelte';
import * as calls from '../api/calls';
import { ApiError, errorMessage } from '../api/client';
import type { ComputerDetail, SeriesList } from '../api/types';
import { clock } from '../app/clock.svelte';
import { canShowWeekBefore, planWeekBefore } from '../charts/before';
import { filledInSeries } from '../charts/filledIn';
import { planBuckets, chooseDefaultSpan } from '../charts/history';
import { listSeries } from '../charts/spec';
import { finestStep_s } from '../charts/idle';
import { SeriesStore } from '../charts/store.svelte';
import { isFixed, viewKey, type View } from '../charts/view';
import { rhythm } from '../live/rhythm.svelte';
import { stream } from '../live/stream.svelte';
import { buildCharts, mainCharts, uptimeSeries } from './charts';
import { OutageLog } from './outageLog.svelte';
import { Seconds } from './seconds.svelte';

const alwaysWanted = [...mainCharts.flatMap(listSeries), uptimeSeries, filledInSeries];

export class ComputerModel {
  readonly id: number;
  detail = $state.raw<ComputerDetail | null>(null);
  failure = $state<string | null>(null);
  gone = $state(false);

  /** Null until the default span is known. */
  view = $state.raw<View | null>(null);
  withBefore = $state(false);
  width_px = $state(0);
  /** Null until known; `first_ms` in it is null if there is no sample yet. */
  extent = $state.raw<SeriesList | null>(null);
  readonly store: SeriesStore;
  /** The same series in the week before. */
  readonly before: SeriesStore;
  readonly outageLog: OutageLog;
  readonly seconds: Seconds;

  /** The first and the last moment of all samples; null if none is known. */
  readonly sampled = $derived.by(() => {
    const { first_ms, last_ms } = this.extent ?? { first_ms: null, last_ms: null };
    if (first_ms === null) return null;
    const newest_ms = this.detail?.sample?.timestamp_ms ?? first_ms;
    return { first_ms, last_ms: Math.max(last_ms ?? first_ms, newest_ms) };
  });
  /** The computer with its newest values, which may be newer than its last sample. */
  readonly latest = $derived.by(() => {
    const { detail } = this;
    const { newest } = this.seconds;
    if (!detail || !newest || newest.timestamp_ms <= (detail.sample?.timestamp_ms ?? 0))
      return detail;
    return { ...detail, sample: newest, series: { ...detail.series, ...newest.series } };
  });
  /** Changes with the set of charts, and not with each poll. */
  readonly #drawable = $derived(
    JSON.stringify([
      Object.keys(this.detail?.series ?? {}).sort(),
      this.detail?.series['swap.total_bytes'] === 0,
    ]),
  );
  readonly charts = $derived.by(() => {
    void this.#drawable;
    const entries = this.extent?.series ?? [];
    return untrack(() => buildCharts(entries, this.detail?.series ?? {}));
  });
  /** Series that the catalogue lacked although it was loaded after they appeared. */
  #unlisted = new Set<string>();
  #loading = false;
  #again = false;

  constructor(id: number) {
    this.id = id;
    this.outageLog = new OutageLog(id, () => this.#renew());
    this.seconds = new Seconds(id);
    this.store = new SeriesStore((query) => calls.history(id, query));
    this.before = new SeriesStore((query) => calls.history(id, query));
  }

  /** Follows the live stream until the returned function is called. */
  follow(): () => void {
    const stops = [
      this.store.want(alwaysWanted),
      this.seconds.follow(),
      stream.listen({
        hello: () => void this.load(),
        resync: () => void this.load(),
        update: ({ computers, removed }) => {
          if (removed.includes(this.id)) this.gone = true;
          else if (computers.some(({ id }) => id === this.id)) void this.load();
        },
      }),
    ];
    void this.load();
    return () => stops.forEach((stop) => stop());
  }

  /** One at a time: requests made meanwhile are served by one more, which starts after them. */
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
      if (this.#lacksSeries()) await this.#loadExtent();
      await this.loadHistory();
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) this.gone = true;
      else this.failure = errorMessage(error);
    }
  }

  /** Shows another stretch; the charts stay as they are until it has loaded. */
  show(view: View | null): void {
    this.view = view;
    void this.loadHistory();
  }

  /** Loads only the newest buckets if the earlier ones are known. */
  async loadHistory(): Promise<void> {
    const { interval_s } = rhythm;
    const { width_px, sampled: extent } = this;
    if (extent === null || interval_s === null || width_px === 0) return;
    const now_ms = clock.exact_ms();
    const view = (this.view ??= { span: chooseDefaultSpan({ ...extent, now_ms }) });
    const finest_s = finestStep_s(interval_s);
    const plan = planBuckets(view, { ...extent, now_ms, interval_s, width_px, finest_s });
    void this.outageLog.refresh(plan, viewKey(view), this.detail);
    if (this.withBefore && canShowWeekBefore(plan))
      void this.before.refresh(planWeekBefore(plan, interval_s));
    await this.store.refresh(plan);
  }

  /**
   * Filled-in samples lie further back than the newest buckets, which are all that is loaded
   * otherwise.
   */
  #renew(): void {
    this.store.renew();
    void this.loadHistory();
  }

  /** Whether the shown stretch moves on with time. */
  get isLive(): boolean {
    return this.view !== null && !isFixed(this.view);
  }

  #lacksSeries(): boolean {
    if (this.extent === null || this.extent.first_ms === null) return true;
    const listed = new Set(this.extent.series.map(({ name }) => name));
    const names = Object.keys(this.detail?.series ?? {});
    return names.some((name) => !listed.has(name) && !this.#unlisted.has(name));
  }

  async #loadExtent(): Promise<void> {
    for (const name of Object.keys(this.detail?.series ?? {})) this.#unlisted.add(name);
    this.extent = await calls.seriesList(this.id);
  }
}
