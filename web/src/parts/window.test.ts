import { describe, expect, it } from 'vitest';
import { listHeight_px, rowOffset_px, rowsBetween } from './window';

const closed = { count: 10_000, rowHeight_px: 40, openIndex: -1, openExtra_px: 0 };
const open = { ...closed, openIndex: 100, openExtra_px: 200 };

describe('a windowed list', () => {
  it('has few rows at any scroll position', () => {
    expect(rowsBetween(0, 900, closed)).toEqual({ start: 0, end: 31 });
    expect(rowsBetween(-500, 400, closed)).toEqual({ start: 0, end: 19 });
    expect(rowsBetween(200_000, 200_900, closed)).toEqual({ start: 4992, end: 5031 });
    expect(rowsBetween(399_500, 400_400, closed)).toEqual({ start: 9978, end: 10_000 });
  });

  it('has no rows for an empty list', () => {
    expect(rowsBetween(0, 900, { ...closed, count: 0 })).toEqual({ start: 0, end: 0 });
  });

  it('has rows when it has shrunk above the scroll position', () => {
    expect(rowsBetween(200_000, 200_900, { ...closed, count: 3 }).start).toBeLessThan(3);
  });

  it('makes room for the open row', () => {
    expect(listHeight_px(open)).toBe(400_200);
    expect(rowOffset_px(100, open)).toBe(4_000);
    expect(rowOffset_px(101, open)).toBe(4_240);
    expect(rowsBetween(4_100, 4_200, open)).toEqual({ start: 92, end: 109 });
    expect(rowsBetween(200_200, 201_100, open)).toEqual({ start: 4992, end: 5031 });
  });
});
