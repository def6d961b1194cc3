import { describe, expect, it } from 'vitest';
import type { Buckets } from '../api/types';
import { findReboots, rebootWithin } from './reboots';

const plan = { from_s: 1000, to_s: 1060, step_s: 10, points: 6 };
const uptime = (values: (number | null)[]): Buckets => ({
  min: values,
  avg: values,
  max: values,
  count: values.map(() => 1),
});

describe('reboots', () => {
  it('are where the uptime fell, after a gap of any length', () => {
    expect(findReboots(uptime([500, 510, null, null, 12, 22]), plan, null)).toEqual([1033]);
  });

  it('ignore rising uptime and small clock changes', () => {
    expect(findReboots(uptime([500, 510, 520, 529, 538, 550]), plan, null)).toEqual([]);
    expect(findReboots(undefined, plan, null)).toEqual([]);
  });

  it('are found within a bucket', () => {
    const both = { min: [500, 2, 12], avg: [500, 200, 12], max: [500, 504, 20], count: [1, 2, 1] };
    expect(findReboots(both, plan, null)).toHaveLength(1);
  });

  it("use the computer's own start time if it reports one", () => {
    expect(findReboots(uptime([500, 510, null, null, 12, 22]), plan, 1035.5)).toEqual([1035.5]);
    expect(findReboots(undefined, plan, 1010)).toEqual([1010]);
    expect(findReboots(undefined, plan, 5)).toEqual([]);
    expect(findReboots(uptime([500, 3, 13, 23, 2, 12]), plan, 1043)).toEqual([1012, 1043]);
  });

  it('are found at a moment', () => {
    expect(rebootWithin([1012, 1043], 1040, 1050)).toBe(1043);
    expect(rebootWithin([1012, 1043], 1020, 1030)).toBeNull();
  });
});
