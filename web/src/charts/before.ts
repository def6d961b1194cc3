// The same hours of the week before, as a band behind what is shown.

import type { Plan } from './history';
import type { Timeline } from './timeline';

/** Over more than a week the week before would mostly be what is shown. */
const longest_s = 7.5 * 24 * 3600;

export const canHaveBefore = ({ from_s, to_s }: Plan): boolean => to_s - from_s <= longest_s;

/** A week by the reader's calendar: the night in which clocks are set makes it longer or shorter. */
export function weekBefore_s(moment_s: number): number {
  const date = new Date(moment_s * 1000);
  date.setDate(date.getDate() - 7);
  return Math.round(moment_s - date.getTime() / 1000);
}

export function weekBefore(plan: Plan): Plan {
  const shift_s = weekBefore_s(plan.to_s);
  return { ...plan, from_s: plan.from_s - shift_s, to_s: plan.to_s - shift_s };
}

/** Which bucket of `before` belongs to each moment; one that there is not, where none does. */
export function beforeTimeline({ moments_s }: Timeline, plan: Plan, before: Plan): Timeline {
  const shift_s = plan.to_s - before.to_s;
  const sources = moments_s.map((moment_s) => {
    const bucket = Math.floor((moment_s - shift_s - before.from_s) / before.step_s);
    return bucket >= 0 && bucket < before.points ? bucket : before.points;
  });
  return { moments_s, sources };
}
