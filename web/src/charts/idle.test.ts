import { describe, expect, it } from 'vitest';
import { findFilledBuckets, findIdleBuckets } from './idle';

const plan = { from_s: 0, to_s: 120, step_s: 10, points: 12 };
/** One character for each bucket: `x` has a sample; in the result, `i` marks an idle one. */
function idle(buckets: string, now_s: number, step_s = 10): string {
  const filled = [...buckets].map((bucket) => bucket === 'x');
  const answer = findIdleBuckets(filled, { ...plan, step_s, points: filled.length }, 30, now_s);
  return [...buckets].map((bucket, index) => (answer[index] ? 'i' : bucket)).join('');
}

describe('idle buckets', () => {
  it('lie between two samples one interval apart', () => {
    expect(idle('x..x...x.x', 100)).toBe('xiixiiixix');
  });

  it('exclude missing samples', () => {
    expect(idle('x.......x..x', 120)).toBe('x.......xiix');
    expect(idle('x.x.x', 230, 45)).toBe('x.x.x');
  });

  it('end when the next sample is overdue', () => {
    expect(idle('..x..', 50)).toBe('iixii');
    expect(idle('..x.......', 110)).toBe('iix.......');
    expect(idle('..........x', 110)).toBe('..........x');
    expect(idle('....', 40)).toBe('....');
  });
});

it('is filled by a value of any series', () => {
  const of = (count: number[]) => ({ min: [], avg: [], max: [], count });
  const filled = findFilledBuckets({ ...plan, points: 3 }, [
    of([1, 0, 0]),
    undefined,
    of([0, 0, 2]),
  ]);
  expect(filled).toEqual([true, false, true]);
});
