// The same hours of the week before, as a band behind what is shown.

import { wholeStep_s, type Plan } from './history';
import { timelineOn, type Timeline } from './timeline';

/** Over more than a week the week before would mostly be what is shown. */
const longest_s = 7.5 * 24 * 3600;

export const canHaveBefore = ({ from_s, to_s }: Plan): boolean => to_s - from_s <= longest_s;

/** A week by the reader's calendar: the night in which clocks are set makes it longer or shorter. */
export function weekBefore_s(moment_s: number): number {
  const date = new Date(moment_s * 1000);
  date.setDate(date.getDate() - 7);
  return Math.round(moment_s - date.getTime() / 1000);
}

/** In buckets that have a sample each, as its samples lie at other moments than those shown. */
export function weekBefore(plan: Plan, interval_s: number): Plan {
  const shift_s = weekBefore_s(plan.to_s);
  const step_s = plan.step_s * Math.ceil(Math.max(1, wholeStep_s(interval_s) / plan.step_s));
  const to_s = Math.ceil((plan.to_s - shift_s) / step_s) * step_s;
  const points = Math.ceil((to_s - plan.from_s + shift_s) / step_s);
  return { from_s: to_s - points * step_s, to_s, step_s, points };
}

/** The bucket of the week before that belongs to each moment. */
export const beforeTimeline = ({ moments_s }: Timeline, plan: Plan, before: Plan): Timeline =>
  timelineOn(moments_s, before, weekBefore_s(plan.to_s));
