import { describe, expect, it } from 'vitest';
import { addValue, toHour, sparklinePath } from './sparkline';

describe('the last hour', () => {
  const hour = () => toHour(600, 60, [10, null, 30]); // Minutes from 600, 660 and 720 s.

  it('averages values within the newest minute', () => {
    const one = hour();
    addValue(one, 740_000, 50);
    addValue(one, 770_000, 70);
    expect(one.values).toEqual([10, null, 50]);
    expect(one.from_s).toBe(600);
  });

  it('moves on with the time', () => {
    const one = hour();
    addValue(one, 785_000, 50);
    expect(one).toMatchObject({ from_s: 660, values: [null, 30, 50] });
    addValue(one, 905_000, 60);
    expect(one).toMatchObject({ from_s: 780, values: [50, null, 60] });
    addValue(one, 90_000_000, 5);
    expect(one.values).toEqual([null, null, 5]);
  });

  it('does not count included values twice', () => {
    const one = hour();
    addValue(one, 610_000, 99);
    addValue(one, 730_000, null);
    expect(one.values).toEqual([10, null, 30]);
  });
});

describe('its line', () => {
  it('runs from 0 to 100 % and leaves gaps', () => {
    expect(sparklinePath([0, 100, null, 50, 120])).toBe('M0 20L1 0M3 10L4 0');
    expect(sparklinePath([null, 50, null])).toBe('M1 10h.5');
    expect(sparklinePath([null, null])).toBe('');
  });
});
