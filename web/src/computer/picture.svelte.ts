// What all charts of a computer's page share: axis, moments and gaps, and from these the values of
// each chart.

import type { ComputerDetail } from '../api/types';
import { clock } from '../app/clock.svelte';
import { mapToWeekBefore, canShowWeekBefore, planWeekBefore } from '../charts/before';
import { computeLineValues, percentOfWhole, type LineValues } from '../charts/drawn';
import { findFilledIn, filledInSeries } from '../charts/filledIn';
import { findGaps, isPast } from '../charts/history';
import type { Plan } from '../charts/plan';
import { findFilledBuckets, findIdleBuckets } from '../charts/idle';
import { hasBands } from '../charts/layout';
import { listSeries, type ChartSpec, type Line } from '../charts/spec';
import { buildTimeline } from '../charts/timeline';
import type { Stretch } from '../charts/view';
import { rhythm } from '../live/rhythm.svelte';
import type { ComputerModel } from './model.svelte';
import { joinGaps } from './missing';
import { findReboots } from './reboots';
import { mainCharts, uptimeSeries } from './charts';

/** Over longer stretches a second is too narrow to see. */
const secondsUpTo_s = 3_900;

/** If none of these has a value, the computer did not answer. */
const everyAnswer = mainCharts.flatMap(listSeries);

/** The latest value of a series, whether or not it has its own column. */
function lastOf(detail: ComputerDetail | null, series: string): number | null {
  const column = (detail?.sample as Record<string, unknown> | null | undefined)?.[series];
  if (typeof column === 'number') return column;
  return detail?.series[series] ?? null;
}

export class Picture {
  readonly #model: ComputerModel;
  /** Set while two fingers move. */
  preview = $state.raw<Stretch | null>(null);

  constructor(model: ComputerModel) {
    this.#model = model;
  }

  readonly plan = $derived.by(() => this.#model.store.plan);
  readonly series = $derived.by(() => this.#model.store.series);
  /** Whether to run a close-up, for the facts, the numbers above the charts and the processes. */
  readonly isWatched = $derived.by(() => {
    const { sampled, detail } = this.#model;
    if (!detail?.polled) return false;
    return sampled === null || !isPast(sampled, clock.now_ms);
  });
  /** Whether the charts show the close-up: the stretch ends now and is short. */
  readonly isFine = $derived.by(() => {
    const { plan } = this;
    if (!plan || !this.isWatched || !this.#model.isLive) return false;
    return plan.to_s - plan.from_s <= secondsUpTo_s;
  });
  readonly readings = $derived.by(() => (this.isFine ? this.#model.seconds.readings : []));
  readonly timeline = $derived.by(() =>
    this.plan
      ? buildTimeline(
          this.plan,
          this.readings.map(({ timestamp_ms }) => timestamp_ms / 1000),
          this.#idleIn(this.plan),
        )
      : { moments_s: [], sources: [] },
  );
  readonly axis = $derived.by((): Stretch => {
    const { plan } = this;
    if (this.preview) return this.preview;
    if (!plan) return { from_s: 0, to_s: 1 };
    const { newest, state } = this.#model.seconds;
    if (!this.isFine || state !== 'reading' || !newest) return plan;
    // The right edge is now, and moves every second.
    const to_s = Math.max(newest.timestamp_ms / 1000, plan.to_s - 2 * plan.step_s);
    return { from_s: to_s - (plan.to_s - plan.from_s - plan.step_s), to_s };
  });
  readonly outages = $derived.by(() => this.#model.outageLog.outages);
  readonly missing = $derived.by(() => this.#model.outageLog.missing);
  readonly filledIn = $derived.by(() =>
    this.plan ? findFilledIn(this.series[filledInSeries], this.plan, rhythm.interval_s ?? 0) : [],
  );
  readonly reboots = $derived.by(() => {
    const boot_s = this.#model.detail?.facts.boot_time_s ?? null;
    return this.plan ? findReboots(this.series[uptimeSeries], this.plan, boot_s) : [];
  });

  #idleIn(plan: Plan): boolean[] {
    const filled = findFilledBuckets(
      plan,
      everyAnswer.map((name) => this.series[name]),
    );
    return findIdleBuckets(filled, plan, rhythm.interval_s ?? 0, clock.now_ms / 1000);
  }

  readonly #planContext = $derived.by(() => ({
    now_ms: clock.now_ms,
    interval_s: rhythm.interval_s ?? 0,
    first_ms: this.#model.extent?.first_ms ?? 0,
  }));

  /**
   * One series may end while the computer keeps answering: only gaps of the whole computer are
   * hatched.
   */
  gapsFor(spec: ChartSpec) {
    const { plan } = this;
    const own = spec.lines[0]!.series;
    const buckets = this.series[own in this.series && hasBands(spec) ? own : 'cpu_percent'];
    if (!plan || !buckets) return joinGaps(this.missing, []);
    const stretch = { from: plan.from_s, step_s: plan.step_s };
    return joinGaps(this.missing, findGaps(buckets, stretch, this.#planContext));
  }

  valuesFor(spec: ChartSpec): LineValues[] {
    const { plan, series, timeline, readings } = this;
    if (!plan) return [];
    const subject = {
      ...{ series, plan, timeline, readings },
      interval_s: rhythm.interval_s ?? 1,
      isBandless: !hasBands(spec),
    };
    return spec.lines.map((line) => computeLineValues(line, subject));
  }

  /** Null if the week before is not shown. */
  beforeFor(spec: ChartSpec): LineValues[] | null {
    const { plan, timeline } = this;
    const { before, withBefore } = this.#model;
    if (!plan || !withBefore || !canShowWeekBefore(plan) || !hasBands(spec)) return null;
    const interval_s = rhythm.interval_s ?? 1;
    if (before.plan?.step_s !== planWeekBefore(plan, interval_s).step_s) return null;
    const subject = {
      series: before.series,
      plan: before.plan,
      timeline: mapToWeekBefore(timeline, plan, before.plan),
      readings: [],
      interval_s,
    };
    return spec.lines.map((line) => computeLineValues(line, subject));
  }

  newestFor(spec: ChartSpec, drawn: LineValues[]): (number | null)[] {
    const detail = this.#model.latest;
    const last = (line: Line, index: number) => {
      if (line.of) return percentOfWhole(line, (series) => lastOf(detail, series));
      // A counter's own value is meaningless: its newest rate is the last one drawn.
      if (!line.isCounter) return lastOf(detail, line.series);
      return drawn[index]?.avg.findLast((rate) => rate !== null) ?? null;
    };
    return spec.lines.map(last);
  }

  topFor({ top }: ChartSpec): number | null {
    return top === undefined ? null : lastOf(this.#model.latest, top);
  }

  isLoaded(spec: ChartSpec): boolean {
    return spec.lines.some(({ series }) => series in this.series);
  }
}
