import { describe, expect, it } from 'vitest';
import type { Buckets, CloseUpSample } from '../api/types';
import { computeLineValues, computeRates, lineValue } from './drawn';
import type { Line } from './spec';
import { bucketTimeline, nearestIndex, buildTimeline } from './timeline';

const plan = { from_s: 100, to_s: 130, step_s: 10, points: 3 };
const buckets = (
  avg: (number | null)[],
  count: number[] = avg.map((value) => (value === null ? 0 : 1)),
): Buckets => ({
  min: avg,
  avg,
  max: avg,
  count,
});
const line = (more: Partial<Line> = {}): Line => ({
  series: 'cpu_percent',
  label: '',
  color: 'chart-first',
  ...more,
});
const reading = (s: number, series: Record<string, number>): CloseUpSample =>
  ({ timestamp_ms: s * 1000, cpu_percent: s, series }) as unknown as CloseUpSample;

describe('the rate of a counter', () => {
  it('does not swing with the number of samples that fall into a bucket', () => {
    // 10 a second, sampled every 30 s, in 45 s buckets that hold two samples and one in turn.
    const counter = buckets([300, 600, 1200, 1500, 2100], [2, 1, 2, 1, 2]);
    expect(computeRates(counter, 45, 30)).toEqual([null, 10, 10, 10, 10]);
  });

  it('uses the whole bucket if samples are missing', () => {
    expect(computeRates(buckets([0, 400], [4, 1]), 40, 10)).toEqual([null, 10]);
  });

  it('is null where the counter fell, even within a bucket, and after a gap', () => {
    expect(computeRates(buckets([10, 5, 15], [1, 1, 1]), 10, 10)).toEqual([null, null, 1]);
    const within = { min: [10, 2], avg: [10, 9], max: [10, 40], count: [1, 1] };
    expect(computeRates(within, 10, 10)).toEqual([null, null]);
    expect(computeRates(buckets([10, null, null, 30]), 10, 10)).toEqual([null, null, null, null]);
  });

  it('continues over buckets in which no sample was due', () => {
    // 10 a second, sampled every 30 s; one sample is slightly late and one is missing.
    const samples = [300, null, null, null, 600, null, 900, null, null, null, null, null, 1500];
    const rates = computeRates(buckets(samples), 10, 30);
    expect(rates.filter((rate) => rate !== null)).toEqual([10, 10, 10]);
  });
});

describe('a line', () => {
  const subject = (series: Record<string, Buckets>, readings: CloseUpSample[] = []) => ({
    series,
    plan,
    interval_s: 10,
    readings,
    timeline: buildTimeline(
      plan,
      readings.map(({ timestamp_ms }) => timestamp_ms / 1000),
    ),
  });

  it('is a percentage of a whole, which may be zero', () => {
    const series = { used: buckets([1, 0, 3]), free: buckets([3, 0, null]) };
    const part = line({ series: 'used', of: ['used', 'free'] });
    expect(computeLineValues(part, subject(series)).avg).toEqual([25, null, null]);
  });

  it('uses close-up samples in place of their buckets', () => {
    const all = subject({ cpu_percent: buckets([1, 2, null]) }, [
      reading(112, {}),
      reading(113, {}),
      reading(131, {}),
    ]);
    expect(all.timeline.moments_s).toEqual([105, 112, 113, 125, 131]);
    expect(computeLineValues(line(), all).avg).toEqual([1, 112, 113, null, 131]);
  });

  it('continues where the close-up samples of a counter begin', () => {
    const counter = line({ series: 'sent', isCounter: true });
    const all = subject({ sent: buckets([100, 200, 300]) }, [
      reading(122, { sent: 220 }),
      reading(123, { sent: 230 }),
    ]);
    expect(computeLineValues(counter, all).avg).toEqual([null, 10, 10, 10]);
  });

  it('has no values for an unknown series', () => {
    expect(computeLineValues(line({ series: 'gone' }), subject({})).avg).toEqual([
      null,
      null,
      null,
    ]);
  });

  it("is a counter's increase from one sample to the next", () => {
    const counter = line({ series: 'sent', isCounter: true });
    const [one, two, three] = [
      reading(1, { sent: 100 }),
      reading(3, { sent: 300 }),
      reading(4, { sent: 20 }),
    ];
    expect(lineValue(counter, two, one)).toBe(100);
    expect(lineValue(counter, three, two)).toBeNull();
    expect(lineValue(counter, one, undefined)).toBeNull();
  });
});

describe('the moments', () => {
  it('are the middles of buckets', () => {
    expect(bucketTimeline(plan).moments_s).toEqual([105, 115, 125]);
  });

  it('omit samples from before the stretch', () => {
    expect(buildTimeline(plan, [5, 6]).moments_s).toEqual([105, 115, 125]);
    expect(buildTimeline(plan, [99, 101]).sources).toEqual([~1, 1, 2]);
    expect(buildTimeline(plan, [99, 101], [true, true, false]).sources).toEqual([~1, 2]);
    expect(buildTimeline(plan, [], [false, true, false]).moments_s).toEqual([105, 125]);
  });

  it('can be found by time', () => {
    const moments = [105, 115, 125];
    expect([0, 109, 111, 121, 999].map((moment) => nearestIndex(moments, moment))).toEqual([
      0, 0, 1, 2, 2,
    ]);
    expect(nearestIndex([7], 3)).toBe(0);
  });
});
