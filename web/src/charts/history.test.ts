import { describe, expect, it } from 'vitest';
import type { History } from '../api/types';
import { findGaps, mergeHistories, planBuckets, chooseDefaultSpan, planTail } from './history';

const now_ms = Date.UTC(2026, 10, 24, 14, 0, 10);
const day_ms = 86_400_000;
const hour_ms = 3_600_000;
const circumstances = {
  now_ms,
  interval_s: 30,
  width_px: 1000,
  first_ms: now_ms - 40 * day_ms,
  last_ms: now_ms - 10_000,
};

const history = (from: number, step_s: number, avg: (number | null)[]): History => ({
  from,
  to: from + avg.length * step_s,
  step_s,
  series: {
    cpu_percent: { min: avg, avg, max: avg, count: avg.map((value) => (value === null ? 0 : 1)) },
  },
});

describe('planBuckets', () => {
  it('never requests buckets that jitter could leave empty', () => {
    expect(planBuckets({ span: 'hour' }, circumstances).step_s).toBe(45);
    expect(planBuckets({ span: 'hour' }, { ...circumstances, interval_s: 1 }).step_s).toBe(6);
  });

  it('shows each sample of a short span if requested', () => {
    const { step_s, points } = planBuckets({ span: 'quarter' }, { ...circumstances, finest_s: 10 });
    expect({ step_s, points }).toEqual({ step_s: 10, points: 91 });
  });

  it('requests at most one point per pixel', () => {
    for (const span of ['day', 'week', 'all'] as const)
      expect(planBuckets({ span }, circumstances).points).toBeLessThan(1000 / 1.5 + 3);
  });

  it('covers the span up to now, on multiples of the step', () => {
    const plan = planBuckets({ span: 'day' }, circumstances);
    expect(plan.to_s % plan.step_s).toBe(0);
    expect(plan.from_s + plan.points * plan.step_s).toBe(plan.to_s);
    expect(plan.to_s).toBeGreaterThanOrEqual(now_ms / 1000);
    expect(plan.from_s).toBeLessThanOrEqual((now_ms - day_ms) / 1000);
  });

  it('covers a stretch of the past, on multiples of the step', () => {
    const stretch = { from_s: 1_000_003, to_s: 1_007_207 };
    const plan = planBuckets(stretch, circumstances);
    expect(plan.from_s % plan.step_s).toBe(0);
    expect(plan.from_s + plan.points * plan.step_s).toBe(plan.to_s);
    expect(plan.from_s).toBeLessThanOrEqual(stretch.from_s);
    expect(plan.to_s).toBeGreaterThanOrEqual(stretch.to_s);
    expect(plan.to_s - plan.from_s).toBeLessThan(7204 + 2 * plan.step_s);
  });

  it('starts "all" with the first sample', () => {
    expect(planBuckets({ span: 'all' }, circumstances).from_s).toBeLessThanOrEqual(
      circumstances.first_ms / 1000,
    );
  });

  it('defaults to "all" below an hour of history', () => {
    const first_ms = now_ms - 60_000;
    expect(chooseDefaultSpan({ ...circumstances, first_ms })).toBe('all');
    expect(chooseDefaultSpan(circumstances)).toBe('day');
  });

  it('defaults to a span with samples', () => {
    const last = (ago_ms: number) => ({ ...circumstances, last_ms: now_ms - ago_ms });
    expect(chooseDefaultSpan(last(23 * hour_ms))).toBe('day');
    expect(chooseDefaultSpan(last(2 * day_ms))).toBe('week');
    expect(chooseDefaultSpan(last(8 * day_ms))).toBe('all');
    const first_ms = now_ms - 2 * day_ms - 6 * hour_ms;
    expect(chooseDefaultSpan({ ...last(2 * day_ms), first_ms })).toBe('all');
  });

  it('ends "all" with the last sample if that is old', () => {
    const last_ms = now_ms - 90 * day_ms;
    const first_ms = last_ms - 6 * hour_ms;
    const { from_s, to_s, step_s } = planBuckets(
      { span: 'all' },
      { ...circumstances, first_ms, last_ms },
    );
    expect(from_s).toBeLessThanOrEqual(first_ms / 1000);
    expect(to_s).toBeGreaterThan(last_ms / 1000);
    expect(to_s - from_s).toBeLessThanOrEqual(6 * 3600 + 3 * step_s);
    expect(
      planBuckets({ span: 'day' }, { ...circumstances, first_ms, last_ms }).to_s,
    ).toBeGreaterThan(now_ms / 1000);
  });
});

describe('the live edge', () => {
  const plan = { from_s: 200, to_s: 600, step_s: 100, points: 4 };

  it('requests new buckets and the one that was still filling', () => {
    expect(planTail(plan, history(100, 100, [1, 2, 3, 4]))).toEqual({
      from_s: 300,
      to_s: 600,
      step_s: 100,
      points: 3,
    });
  });

  it('requests everything if nothing known can be kept', () => {
    expect(planTail(plan, history(0, 50, [1, 2]))).toBeNull();
    expect(planTail(plan, history(300, 100, [1, 2]))).toBeNull();
    expect(planTail(plan, history(-500, 100, [1, 2]))).toBeNull();
  });

  it('merges both, preferring the newer response', () => {
    const joined = mergeHistories(
      plan,
      history(100, 100, [1, 2, 3, 4]),
      history(300, 100, [3, 5, 6]),
    );
    expect(joined.series.cpu_percent?.avg).toEqual([2, 3, 5, 6]);
    expect(joined).toMatchObject({ from: 200, to: 600, step_s: 100 });
  });
});

describe('findGaps', () => {
  const gaps = (avg: (number | null)[], first_s: number, now_s: number) =>
    findGaps(
      { avg },
      { from: 0, step_s: 45 },
      { now_ms: now_s * 1000, interval_s: 30, first_ms: first_s * 1000 },
    );

  it('includes every stretch without a value', () => {
    expect(gaps([1, null, null, 2, null, 3], 0, 270)).toEqual([
      { from_s: 45, to_s: 135 },
      { from_s: 180, to_s: 225 },
    ]);
  });

  it('excludes the time before the first sample', () => {
    expect(gaps([null, null, 1, null, 2], 90, 225)).toEqual([{ from_s: 135, to_s: 180 }]);
  });

  it('extends to now only when a sample is overdue', () => {
    expect(gaps([1, 2, null, null], 0, 120)).toEqual([]);
    expect(gaps([1, 2, null, null, null], 0, 200)).toEqual([{ from_s: 90, to_s: 200 }]);
  });

  it('ends with the chart if that ends before now', () => {
    expect(gaps([1, 2, null], 0, 9_000)).toEqual([{ from_s: 90, to_s: 135 }]);
  });
});
