// The same hours of the week before, drawn as a band behind the lines.

import { wholeStep_s } from './history';
import type { Plan } from './plan';
import { mapToPlan, type Timeline } from './timeline';

/** Over a longer span, the week before would mostly overlap what is shown. */
const longest_s = 7.5 * 24 * 3600;

export const canShowWeekBefore = ({ from_s, to_s }: Plan): boolean => to_s - from_s <= longest_s;

/**
 * A week by the reader's calendar: a change to or from daylight saving time makes it longer or
 * shorter.
 */
export function weekBefore_s(moment_s: number): number {
  const date = new Date(moment_s * 1000);
  date.setDate(date.getDate() - 7);
  return Math.round(moment_s - date.getTime() / 1000);
}

/**
 * Its buckets are wide enough to hold a sample each, since its samples lie at other moments than
 * those shown.
 */
export function planWeekBefore(plan: Plan, interval_s: number): Plan {
  const shift_s = weekBefore_s(plan.to_s);
  const step_s = plan.step_s * Math.ceil(Math.max(1, wholeStep_s(interval_s) / plan.step_s));
  const to_s = Math.ceil((plan.to_s - shift_s) / step_s) * step_s;
  const points = Math.ceil((to_s - plan.from_s + shift_s) / step_s);
  return { from_s: to_s - points * step_s, to_s, step_s, points };
}

/** Maps each moment to its bucket of the week before. */
export const mapToWeekBefore = ({ moments_s }: Timeline, plan: Plan, before: Plan): Timeline =>
  mapToPlan(moments_s, before, weekBefore_s(plan.to_s));
