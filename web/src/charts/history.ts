// Which stretch of history a chart shows, in which buckets, and how new buckets join old ones.

import type { Buckets, History } from '../api/types';
import { gapFrom_intervals, type Plan } from './plan';
import { isFixed, span_s, spans, type Span, type Stretch, type View } from './view';

const hour_s = 3600;

export interface PlanContext {
  now_ms: number;
  interval_s: number;
  width_px: number;
  /**
   * Minimum bucket width, for a chart that knows which buckets are empty only because they are
   * narrow.
   */
  finest_s?: number;
  /** The oldest sample. */
  first_ms: number;
  /** The newest sample. */
  last_ms: number;
}

type Extent = Pick<PlanContext, 'first_ms' | 'last_ms'>;

/** The least that "all" shows, so that even the first minutes make a chart. */
const leastOfAll_s = 60;

/** The shortest span of at least a day that contains samples and is filled by them. */
export function chooseDefaultSpan({
  first_ms,
  last_ms,
  now_ms,
}: Extent & { now_ms: number }): Span {
  const beganWithin = (span_s: number) => now_ms - first_ms < span_s * 1000;
  const lastWithin = (span_s: number) => now_ms - last_ms < span_s * 1000;
  // The history of a new computer would be a sliver at the edge of a day.
  if (beganWithin(hour_s)) return 'all';
  if (lastWithin(span_s.day)) return 'day';
  return lastWithin(span_s.week) && !beganWithin(span_s.week) ? 'week' : 'all';
}

/** The shortest span that ends now and contains the newest sample. */
export const findSpanWithSamples = (last_ms: number, now_ms: number): Span =>
  spans.find((span) => span === 'all' || now_ms - last_ms < span_s[span] * 1000)!;

/** Whether the last sample is so old that "all" ends with it and not now. */
export const isPast = ({ last_ms }: Extent, now_ms: number): boolean =>
  now_ms - last_ms >= span_s.day * 1000;

/**
 * Unless finer buckets are requested, buckets are at least one and a half intervals wide, so that
 * an empty one means a failed poll and not a matter of timing. They start at multiples of their
 * width, so that the chart does not shimmer as it moves on.
 */
export function planBuckets(view: View, circumstances: PlanContext): Plan {
  const { now_ms, ...extent } = circumstances;
  if (isFixed(view)) return planOfStretch(view, circumstances);
  const all = view.span === 'all';
  const end_s = (all && isPast(extent, now_ms) ? extent.last_ms : now_ms) / 1000;
  const wanted_s = all
    ? Math.max(leastOfAll_s, Math.ceil(end_s - extent.first_ms / 1000))
    : span_s[view.span as Exclude<Span, 'all'>];
  const step_s = stepOf(wanted_s, circumstances);
  // A bucket excludes its end, and the last sample must be in a bucket.
  const to_s = (Math.floor(end_s / step_s) + 1) * step_s;
  const points = Math.ceil(wanted_s / step_s) + 1;
  return { from_s: to_s - points * step_s, to_s, step_s, points };
}

function planOfStretch({ from_s, to_s }: Stretch, circumstances: PlanContext): Plan {
  const step_s = stepOf(to_s - from_s, circumstances);
  const [first, last] = [Math.floor(from_s / step_s), Math.ceil(to_s / step_s)];
  const points = Math.max(1, last - first);
  return { from_s: first * step_s, to_s: (first + points) * step_s, step_s, points };
}

type Drawing = Pick<PlanContext, 'interval_s' | 'width_px' | 'finest_s'>;

/** Buckets of at least this width contain a sample each. */
export const wholeStep_s = (interval_s: number): number => 1.5 * interval_s;

function stepOf(wanted_s: number, { interval_s, width_px, finest_s }: Drawing): number {
  const pointsWanted = Math.max(50, Math.floor(width_px / 1.5));
  return Math.ceil(Math.max(finest_s ?? wholeStep_s(interval_s), wanted_s / pointsWanted, 2));
}

/** A chart needs at least this many buckets. */
export const leastStretch_s = (interval_s: number): number =>
  10 * stepOf(0, { interval_s, width_px: 0 });

/** Slow responses are stored late, and an agent's clock may be behind. */
const storedWithin_s = 90;

/**
 * The newest buckets of `plan`: those missing from `known`, and its last ones, which were still
 * filling.
 */
export function planTail(plan: Plan, known: History): Plan | null {
  if (known.step_s !== plan.step_s) return null;
  const filling = Math.max(2, Math.ceil(storedWithin_s / plan.step_s));
  const from_s = Math.max(plan.from_s, known.to - filling * plan.step_s);
  if (from_s >= plan.to_s || known.to < plan.from_s || known.from > plan.from_s) return null;
  return { ...plan, from_s, points: Math.round((plan.to_s - from_s) / plan.step_s) };
}

/** Whether a stretch is known and so old that no samples can be added to it. */
export const isComplete = (plan: Plan, known: History, now_ms: number): boolean =>
  known.from === plan.from_s &&
  known.step_s === plan.step_s &&
  known.to === plan.to_s &&
  plan.to_s + 60 < now_ms / 1000;

const empty = (length: number): Buckets => ({
  min: Array<null>(length).fill(null),
  avg: Array<null>(length).fill(null),
  max: Array<null>(length).fill(null),
  count: Array<number>(length).fill(0),
});

/** Merges two histories over `plan`; where both have a bucket, the newer one wins. */
export function mergeHistories(plan: Plan, older: History, newer: History): History {
  const series: Record<string, Buckets> = {};
  for (const name of Object.keys(newer.series)) {
    const into = empty(plan.points);
    for (const history of [older, newer]) {
      const buckets = history.series[name];
      if (!buckets) continue;
      const shift = Math.round((history.from - plan.from_s) / plan.step_s);
      for (let index = 0; index < buckets.avg.length; index += 1) {
        const target = index + shift;
        if (target < 0 || target >= plan.points) continue;
        into.min[target] = buckets.min[index] ?? null;
        into.avg[target] = buckets.avg[index] ?? null;
        into.max[target] = buckets.max[index] ?? null;
        into.count[target] = buckets.count[index] ?? 0;
      }
    }
    series[name] = into;
  }
  return { from: plan.from_s, to: plan.to_s, step_s: plan.step_s, series };
}

export interface Gap {
  from_s: number;
  to_s: number;
}

/**
 * Stretches without a value where one was due. Time before the first sample is no gap, as nothing
 * polled the computer then; nor is the newest stretch until the next sample is due.
 */
export function findGaps(
  { avg }: Pick<Buckets, 'avg'>,
  { from, step_s }: Pick<History, 'from' | 'step_s'>,
  { now_ms, interval_s, first_ms }: Omit<PlanContext, 'width_px' | 'last_ms'>,
): Gap[] {
  const gaps: Gap[] = [];
  const now_s = now_ms / 1000;
  let begin_s: number | null = null;
  const most_s = gapFrom_intervals * interval_s;
  const close = (end_s: number) => {
    if (begin_s !== null && end_s - begin_s + step_s > most_s)
      gaps.push({ from_s: begin_s, to_s: end_s });
    begin_s = null;
  };
  for (let index = 0; index < avg.length; index += 1) {
    const bucket_s = from + index * step_s;
    if (avg[index] !== null) close(bucket_s);
    else if (begin_s === null && bucket_s >= first_ms / 1000) begin_s = bucket_s;
  }
  const end_s = Math.min(now_s, from + avg.length * step_s);
  if (begin_s !== null && now_s - begin_s > 2 * interval_s + step_s) close(end_s);
  return gaps;
}

export const hasValues = (history: Pick<History, 'series'>): boolean =>
  Object.values(history.series).some(({ avg }) => avg.some((value) => value !== null));
