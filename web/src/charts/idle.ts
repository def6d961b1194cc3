// Buckets narrower than the interval: most are empty only because no poll fell into them. Leaving
// these out makes each sample a point of its own, joined by a continuous line.

import type { Buckets } from '../api/types';
import { gapFrom_intervals, type Plan } from './plan';

/** Buckets in one interval: enough that two polls with some jitter still fall into different ones. */
const bucketsAnInterval = 3;

/** The width of the narrowest useful buckets. */
export const finestStep_s = (interval_s: number): number => interval_s / bucketsAnInterval;

/** Which buckets have a value of any series. */
export function findFilledBuckets(
  { points }: Plan,
  series: readonly (Buckets | undefined)[],
): boolean[] {
  return Array.from({ length: points }, (_, bucket) =>
    series.some((buckets) => (buckets?.count[bucket] ?? 0) > 0),
  );
}

/** Whether each bucket is empty and no sample was due in it. */
export function findIdleBuckets(
  filled: readonly boolean[],
  { from_s, step_s }: Plan,
  interval_s: number,
  now_s: number,
): boolean[] {
  const most_s = gapFrom_intervals * interval_s;
  const idle = filled.map(() => false);
  // Time before the first bucket is unknown; a sample may lie right before it.
  let last = -1;
  const close = (next: number, apart_s: number) => {
    if (apart_s <= most_s) idle.fill(true, last + 1, next);
  };
  filled.forEach((isFilled, bucket) => {
    if (!isFilled) return;
    close(bucket, (bucket - last) * step_s);
    last = bucket;
  });
  if (last >= 0) close(filled.length, now_s - (from_s + (last + 0.5) * step_s));
  return idle;
}
