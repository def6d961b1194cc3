import { describe, expect, it } from 'vitest';
import { mapToWeekBefore, canShowWeekBefore, planWeekBefore } from './before';

const week_s = 7 * 24 * 3600;
const plan = { from_s: week_s + 1000, to_s: week_s + 1030, step_s: 10, points: 3 };

describe('the week before', () => {
  it('is the same hours seven days earlier', () => {
    expect(planWeekBefore(plan, 5)).toEqual({ from_s: 1000, to_s: 1030, step_s: 10, points: 3 });
  });

  it('uses buckets with a sample each', () => {
    expect(planWeekBefore(plan, 30)).toEqual({ from_s: 1000, to_s: 1050, step_s: 50, points: 1 });
  });

  it('has a bucket for each moment it covers, in close-ups too', () => {
    const moments_s = [-5, 5, 12, 13, 25, 31].map((s) => week_s + 1000 + s);
    const { sources } = mapToWeekBefore({ moments_s, sources: [] }, plan, planWeekBefore(plan, 5));
    expect(sources).toEqual([3, 0, 1, 1, 2, 3]);
  });

  it('is hidden for spans that contain it', () => {
    expect(canShowWeekBefore({ ...plan, to_s: plan.from_s + week_s + 600 })).toBe(true);
    expect(canShowWeekBefore({ ...plan, to_s: plan.from_s + 2 * week_s })).toBe(false);
  });
});
