// Converts stored buckets and samples to the values of a line: as they are, as a percentage of
// other series, or, for a counter, as a rate per second.

import type { Buckets, CloseUpSample } from '../api/types';
import { gapFrom_intervals, type Plan } from './plan';
import type { Line } from './spec';
import type { Timeline } from './timeline';

export type Values = (number | null)[];

export interface LineValues {
  min: Values;
  avg: Values;
  max: Values;
}

type Series = Record<string, Buckets>;

const percentOf = (part: number | null | undefined, whole: number | null | undefined) =>
  part == null || whole == null || whole <= 0 ? null : (100 * part) / whole;

const sum = (values: (number | null | undefined)[]): number | null =>
  values.reduce<number | null>(
    (all, value) => (all === null || value == null ? null : all + value),
    0,
  );

function fraction(part: Buckets, wholes: Buckets[]): LineValues {
  const of = (values: Values) =>
    values.map((value, index) => percentOf(value, sum(wholes.map(({ avg }) => avg[index]))));
  return { min: of(part.min), avg: of(part.avg), max: of(part.max) };
}

/**
 * Estimates the time between the last two samples of a bucket. The moments of samples are unknown,
 * but their number is known: if there are as many as the interval predicts, they are one interval
 * apart; otherwise the width of the bucket is the best estimate.
 */
function lasted_s(samples: number, buckets: number, step_s: number, interval_s: number): number {
  // Polls are an interval apart; in narrower buckets, one may have failed.
  if (step_s < interval_s)
    return Math.max(1, Math.round((buckets * step_s) / interval_s)) * interval_s;
  const expected = step_s / interval_s;
  const isWhole = samples >= Math.floor(expected) && samples <= Math.ceil(expected);
  return (isWhole ? samples * interval_s : step_s) + (buckets - 1) * step_s;
}

/** The increase per second of a counter over a bucket, from the last value before it. */
export function computeRates(
  { min, max, count }: Buckets,
  step_s: number,
  interval_s: number,
): Values {
  let known = -1;
  return max.map((last, index) => {
    const least = min[index];
    if (last === null || least == null) return null;
    const [before, buckets] = [max[known], index - known];
    known = index;
    // A counter that fell was reset and has no rate.
    if (before == null || least < before) return null;
    if (buckets > 1 && buckets * step_s > gapFrom_intervals * interval_s) return null;
    return (last - before) / lasted_s(count[index]!, buckets, step_s, interval_s);
  });
}

function bucketsOf(line: Line, series: Series, plan: Plan, interval_s: number): LineValues | null {
  const buckets = series[line.series];
  if (!buckets) return null;
  if (line.of !== undefined) {
    const wholes = line.of.map((name) => series[name]);
    return wholes.every((whole) => whole !== undefined) ? fraction(buckets, wholes) : null;
  }
  if (!line.isCounter) return buckets;
  const rates = computeRates(buckets, plan.step_s, interval_s);
  return { min: rates, avg: rates, max: rates };
}

/** A value of a sample, whether it has its own column or is one of the series. */
export function seriesValue(
  reading: CloseUpSample | null | undefined,
  series: string,
): number | null {
  if (!reading) return null;
  const column = (reading as unknown as Record<string, unknown>)[series];
  if (typeof column === 'number') return column;
  return reading.series[series] ?? null;
}

/** A part as a percentage of its whole, from values looked up by name. */
export const percentOfWhole = (
  { series, of = [] }: Line,
  numberOf: (series: string) => number | null,
) => percentOf(numberOf(series), sum(of.map(numberOf)));

/** The value of a line at a sample; a counter needs the previous sample too. */
export function lineValue(
  line: Line,
  reading: CloseUpSample | undefined,
  before: CloseUpSample | undefined,
): number | null {
  const value = seriesValue(reading, line.series);
  if (line.of) return percentOfWhole(line, (series) => seriesValue(reading, series));
  if (!line.isCounter) return value;
  const earlier = seriesValue(before, line.series);
  if (value === null || earlier === null || value < earlier) return null;
  return (1000 * (value - earlier)) / (reading!.timestamp_ms - before!.timestamp_ms);
}

/**
 * The first sample of a counter gives no rate yet. Until there is one, the last stored rate
 * continues; a hole would leave the second sample as an isolated dot.
 */
function lastRate(
  rates: Values | undefined,
  { timestamp_ms }: CloseUpSample,
  { from_s, step_s }: Plan,
  interval_s: number,
): number | null {
  const bucket = Math.floor((timestamp_ms / 1000 - from_s) / step_s);
  const buckets = Math.ceil((gapFrom_intervals * interval_s) / step_s);
  const recent = rates?.slice(Math.max(0, bucket - buckets + 1), Math.max(0, bucket + 1));
  return recent?.findLast((rate) => rate !== null) ?? null;
}

const noValues = (length: number): LineValues => {
  const values: Values = Array<null>(length).fill(null);
  return { min: values, avg: values, max: values };
};

export interface Subject {
  series: Series;
  plan: Plan;
  interval_s: number;
  timeline: Timeline;
  readings: readonly CloseUpSample[];
  /** Set if only averages are drawn. */
  isBandless?: boolean;
}

/** The values of a line at each moment of the timeline. */
export function computeLineValues(
  line: Line,
  { series, plan, interval_s, timeline, readings, isBandless = false }: Subject,
): LineValues {
  const { sources } = timeline;
  const buckets = bucketsOf(line, series, plan, interval_s);
  if (!buckets && readings.length === 0) return noValues(sources.length);
  const own = readings.map((reading, index) => lineValue(line, reading, readings[index - 1]));
  const seconds = own.map(
    (value, index) =>
      value ?? (line.isCounter ? lastRate(buckets?.avg, readings[index]!, plan, interval_s) : null),
  );
  const at = (values: Values | undefined) =>
    sources.map((source) => (source < 0 ? seconds[~source] : values?.[source]) ?? null);
  const avg = at(buckets?.avg);
  if (isBandless) return { min: avg, avg, max: avg };
  const [min, max] = [at(buckets?.min), at(buckets?.max)];
  return { min, avg, max };
}
