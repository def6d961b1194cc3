// Buckets narrower than the interval: most of them are empty only because no call fell into them.
// Where such buckets are left out, each sample is a point of its own, and a line goes on over them.

import type { Buckets } from '../api/types';
import type { Plan } from './history';

/** From here on a stretch without a sample is a gap, as the server counts. */
export const gapFrom_intervals = 2.5;

/** So many buckets an interval, that two calls which shift a little still fall into two. */
const bucketsAnInterval = 3;

/** The width of the narrowest buckets that are of use. */
export const finestStep_s = (interval_s: number): number => interval_s / bucketsAnInterval;

/** Which buckets have a value of any series. */
export function filledOf({ points }: Plan, series: readonly (Buckets | undefined)[]): boolean[] {
  return Array.from({ length: points }, (_, bucket) =>
    series.some((buckets) => (buckets?.count[bucket] ?? 0) > 0),
  );
}

/** For each bucket whether it is empty, and lies where no sample was due. */
export function idleOf(
  filled: readonly boolean[],
  { from_s, step_s }: Plan,
  interval_s: number,
  now_s: number,
): boolean[] {
  const most_s = gapFrom_intervals * interval_s;
  const idle = filled.map(() => false);
  // What was before the first bucket is not known, and may have ended with it.
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
