// The moments at which charts have values: the middles of buckets and, during a close-up, its
// samples in place of the buckets that contain them.

import type { Plan } from './plan';

export interface Timeline {
  moments_s: number[];
  /** For each moment the index of its bucket or, if negative, `~index` of its close-up sample. */
  sources: number[];
}

const without = ({ moments_s, sources }: Timeline, idle: readonly boolean[]): Timeline => ({
  moments_s: moments_s.filter((_, bucket) => !idle[bucket]),
  sources: sources.filter((bucket) => !idle[bucket]),
});

export const bucketTimeline = ({ from_s, step_s, points }: Plan): Timeline => ({
  // A bucket is drawn in the middle of the time that it covers.
  moments_s: Array.from({ length: points }, (_, index) => from_s + (index + 0.5) * step_s),
  sources: Array.from({ length: points }, (_, index) => index),
});

/** `readings_s` are the moments of the close-up samples, oldest first; idle buckets are left out. */
export function buildTimeline(
  plan: Plan,
  readings_s: readonly number[],
  idle: readonly boolean[] = [],
): Timeline {
  const { from_s, step_s, points } = plan;
  const timeline: Timeline = { moments_s: [], sources: [] };
  const push = (moment_s: number, source: number) => {
    timeline.moments_s.push(moment_s);
    timeline.sources.push(source);
  };
  let reading = readings_s.findIndex((moment_s) => moment_s >= from_s);
  if (reading < 0) return without(bucketTimeline(plan), idle);
  for (let bucket = 0; bucket < points; bucket += 1) {
    const end_s = from_s + (bucket + 1) * step_s;
    const first = reading;
    while (reading < readings_s.length && readings_s[reading]! < end_s) {
      push(readings_s[reading]!, ~reading);
      reading += 1;
    }
    if (reading === first && !idle[bucket]) push(end_s - step_s / 2, bucket);
  }
  // The newest samples may be later than the last plan.
  for (; reading < readings_s.length; reading += 1) push(readings_s[reading]!, ~reading);
  return timeline;
}

/** The bucket of a plan for each moment; an index outside the plan where there is none. */
export function mapToPlan(moments_s: number[], plan: Plan, shift_s = 0): Timeline {
  const sources = moments_s.map((moment_s) => {
    const bucket = Math.floor((moment_s - shift_s - plan.from_s) / plan.step_s);
    return bucket >= 0 && bucket < plan.points ? bucket : plan.points;
  });
  return { moments_s, sources };
}

/** The index of the nearest moment. */
export function nearestIndex(moments_s: readonly number[], moment_s: number): number {
  let [low, high] = [0, moments_s.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (moments_s[middle]! <= moment_s) low = middle;
    else high = middle;
  }
  return moment_s - moments_s[low]! <= moments_s[high]! - moment_s ? low : high;
}
