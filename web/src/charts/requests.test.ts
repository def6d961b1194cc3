import { describe, expect, it } from 'vitest';
import type { Buckets, History } from '../api/types';
import {
  planRequests,
  isContinuation,
  joinBuckets,
  bucketsOnPlan,
  seriesPerRequest,
  type KnownSeries,
} from './requests';

const plan = { from_s: 200, to_s: 600, step_s: 100, points: 4 };
const now_ms = 590_000;
const buckets = (avg: (number | null)[]): Buckets => ({
  min: avg,
  avg,
  max: avg,
  count: avg.map(() => 1),
});
const known = (from: number, avg: (number | null)[], step_s = 100): KnownSeries => ({
  from,
  to: from + avg.length * step_s,
  step_s,
  buckets: buckets(avg),
});

describe('requests', () => {
  it('cover all of a new series, and the newest buckets of others', () => {
    const asks = planRequests(
      plan,
      ['a', 'b', 'c'],
      new Map([['b', known(100, [1, 2, 3, 4])]]),
      now_ms,
    );
    expect(asks.map(({ plan: { from_s }, series }) => [from_s, series])).toEqual([
      [200, ['a', 'c']],
      [300, ['b']],
    ]);
  });

  it("stay within the server's limits", () => {
    const names = Array.from({ length: 70 }, (_, index) => `core:${index}`);
    const asks = planRequests(plan, [...names, ...names], new Map(), now_ms);
    expect(asks.map(({ series }) => series.length)).toEqual([
      seriesPerRequest,
      seriesPerRequest,
      6,
    ]);
  });

  it('are not needed for a known past', () => {
    const all = new Map([['a', known(200, [1, 2, 3, 4])]]);
    expect(planRequests(plan, ['a'], all, 900_000)).toEqual([]);
    expect(planRequests(plan, ['a'], all, now_ms)).toHaveLength(1);
  });

  it('cover everything if the bucket width changed', () => {
    const other = new Map([['a', known(200, [1, 2], 50)]]);
    expect(planRequests(plan, ['a'], other, now_ms)[0]?.plan).toEqual(plan);
  });
});

describe('known buckets', () => {
  it('are shown within the plan', () => {
    expect(bucketsOnPlan(plan, known(100, [1, 2, 3]), 'a')?.avg).toEqual([2, 3, null, null]);
    expect(bucketsOnPlan(plan, known(0, [1, 2]), 'a')).toBeNull();
    expect(bucketsOnPlan(plan, known(200, [1, 2], 50), 'a')).toBeNull();
  });

  it('stay valid only on a plan that moved on', () => {
    const moved = (by_s: number) => ({ ...plan, from_s: 200 + by_s, to_s: 600 + by_s });
    expect(isContinuation(plan, moved(100))).toBe(true);
    expect(isContinuation(plan, moved(400))).toBe(false);
    expect(isContinuation(plan, { ...plan, step_s: 50 })).toBe(false);
  });

  it('are extended by a response', () => {
    const answer: History = { from: 400, to: 600, step_s: 100, series: { a: buckets([9, 5]) } };
    const whole = joinBuckets(plan, known(100, [1, 2, 3, 4]), answer, 'a');
    expect(whole).toMatchObject({ from: 200, to: 600 });
    expect(whole?.buckets.avg).toEqual([2, 3, 9, 5]);
    expect(joinBuckets(plan, undefined, answer, 'b')).toBeNull();
  });
});
