import { describe, expect, it } from 'vitest';
import { findFilledIn } from './filledIn';

const plan = { from_s: 1000, to_s: 1100, step_s: 10, points: 10 };
const buckets = (count: number[]) => {
  const values = count.map((samples) => (samples > 0 ? 1 : null));
  return { min: values, avg: values, max: values, count };
};

describe('filled-in samples', () => {
  it('form one stretch for each run', () => {
    expect(findFilledIn(buckets([0, 2, 3, 0, 0, 0, 0, 1, 0, 0]), plan, 10)).toEqual([
      { from_s: 1010, to_s: 1030 },
      { from_s: 1070, to_s: 1080 },
    ]);
  });

  it('continue over narrow buckets without a sample', () => {
    expect(findFilledIn(buckets([1, 0, 0, 1, 0, 0, 1, 0, 0, 0]), plan, 30)).toEqual([
      { from_s: 1000, to_s: 1070 },
    ]);
  });

  it('are absent if the server was never away', () => {
    expect(findFilledIn(undefined, plan, 10)).toEqual([]);
    expect(findFilledIn(buckets([0, 0]), plan, 10)).toEqual([]);
  });
});
