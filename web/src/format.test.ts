import { describe, expect, it } from 'vitest';
import * as format from './format';

const now_ms = Date.UTC(2026, 10, 24, 14, 0, 0);
const said = (quantity: format.Quantity) => format.formatQuantity(quantity).replace('\u00a0', ' ');

describe('quantities', () => {
  it('shows whole percentages', () => {
    expect(said(format.percent(71.4))).toBe('71 %');
    expect(said(format.percent(0))).toBe('0 %');
    expect(said(format.percent(0.34, 1))).toBe('0.3 %');
    expect(said(format.percent(null))).toBe('–');
  });

  it('shows 100 % only for complete shares', () => {
    expect(said(format.share(1))).toBe('100 %');
    expect(said(format.share(0.99999))).toBe('99.9 %');
    expect(said(format.share(0.998))).toBe('99.8 %');
    expect(said(format.share(0))).toBe('0.0 %');
    expect(said(format.share(null))).toBe('–');
  });

  it('shows bytes in powers of 1024, with one decimal below 100', () => {
    expect(said(format.bytes(0))).toBe('0 B');
    expect(said(format.bytes(999))).toBe('999 B');
    expect(said(format.bytes(1000 * 2 ** 30))).toBe('1.0 TiB');
    expect(said(format.bytes(9.3 * 2 ** 30))).toBe('9.3 GiB');
    expect(said(format.bytes(99.94 * 2 ** 30))).toBe('99.9 GiB');
    expect(said(format.bytes(99.96 * 2 ** 30))).toBe('100 GiB');
    expect(said(format.bytes(251.6 * 2 ** 30))).toBe('252 GiB');
  });

  it('shows rates in powers of 1000, from kB/s', () => {
    expect(said(format.rate(0))).toBe('0.0 kB/s');
    expect(said(format.rate(118))).toBe('0.1 kB/s');
    expect(said(format.rate(8_400_000))).toBe('8.4 MB/s');
  });

  it('shows rates side by side in one unit', () => {
    expect(format.ratesTogether(1_200, 8_400_000)).toEqual({
      numbers: ['0.0', '8.4'],
      unit: 'MB/s',
    });
    expect(format.ratesTogether(null, 120_000)).toEqual({ numbers: ['–', '120'], unit: 'kB/s' });
  });
});

describe('times', () => {
  it('rounds a duration down to its largest unit', () => {
    expect(said(format.duration(59_999))).toBe('59 s');
    expect(said(format.duration(8.9 * 60_000))).toBe('8 min');
    expect(said(format.duration(47 * 3_600_000))).toBe('47 h');
    expect(said(format.duration(12.9 * 86_400_000))).toBe('12 d');
    expect(said(format.duration(-5))).toBe('0 s');
    expect(said(format.processAge(0))).toBe('<1 min');
    expect(said(format.processAge(0.01))).toBe('<1 min');
    expect(said(format.processAge(0.02))).toBe('1 min');
    expect(said(format.processAge(0.15))).toBe('9 min');
    expect(said(format.processAge(null))).toBe('–');
    expect(said(format.processAge(7.5))).toBe('7 h');
    expect(format.durationInWords(12 * 86_400_000)).toBe('12 days');
    expect(format.durationInWords(60_000)).toBe('1 minute');
  });

  it('shows how long ago something was', () => {
    expect(format.ago(now_ms - 1_000, now_ms)).toBe('now');
    expect(format.ago(now_ms - 480_000, now_ms).replace('\u00a0', ' ')).toBe('8 min ago');
    expect(format.ago(now_ms - 40_000, now_ms, 60_000)).toBe('now');
    expect(format.ago(null, now_ms)).toBe('never');
  });

  it('shows a moment in its shortest clear form', () => {
    expect(format.moment(Date.UTC(2026, 10, 24, 2, 11), now_ms)).toBe('02:11');
    expect(format.moment(Date.UTC(2026, 10, 21, 2, 11), now_ms)).toBe('21 Nov');
    expect(format.moment(Date.UTC(2025, 10, 21, 2, 11), now_ms)).toBe('21 Nov 2025');
    expect(format.momentWithClock(Date.UTC(2026, 10, 21, 2, 11), now_ms)).toBe('21 Nov, 02:11');
    expect(format.momentWithClock(Date.UTC(2026, 10, 24, 2, 11, 9), now_ms, true)).toBe('02:11:09');
  });
});

describe('stretches', () => {
  const at = (...time: [number, number, number?]) => new Date(2026, 10, 24, ...time).getTime();
  const now = at(14, 0);

  it('show the day once, and seconds if needed', () => {
    expect(format.formatStretch(at(2, 11), at(2, 19), now)).toBe('02:11–02:19');
    expect(format.formatStretch(at(2, 11, 5), at(2, 11, 40), now)).toBe('02:11:05–02:11:40');
    const yesterday = at(0, -10);
    expect(format.formatStretch(yesterday, at(0, 10), now)).toBe('23 Nov, 23:50 – 00:10');
    expect(format.formatStretch(yesterday, yesterday + 300_000, now)).toBe('23 Nov, 23:50–23:55');
  });
});
