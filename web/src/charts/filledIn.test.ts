import { describe, expect, it } from 'vitest';
import { findFilledIn } from './filledIn';

const plan = { from_s: 1000, to_s: 1100, step_s: 10, points: 10 };
const buckets = (count: number[]) => {
  const values = count.map((samples) => (samples > 0 ? 1 : null));
  return { min: values, avg: values, max: values, count };
};

describe('what was filled in', () => {
  it('is a stretch for each row of such samples', () => {
    expect(findFilledIn(buckets([0, 2, 3, 0, 0, 0, 0, 1, 0, 0]), plan, 10)).toEqual([
      { from_s: 1010, to_s: 1030 },
      { from_s: 1070, to_s: 1080 },
    ]);
  });

  it('goes on over buckets into which no sample fell because they are narrow', () => {
    expect(findFilledIn(buckets([1, 0, 0, 1, 0, 0, 1, 0, 0, 0]), plan, 30)).toEqual([
      { from_s: 1000, to_s: 1070 },
    ]);
  });

  it('is nothing where the server was never away', () => {
    expect(findFilledIn(undefined, plan, 10)).toEqual([]);
    expect(findFilledIn(buckets([0, 0]), plan, 10)).toEqual([]);
  });
});
