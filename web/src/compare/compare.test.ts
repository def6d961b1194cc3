import { describe, expect, it } from 'vitest';
import type { SeriesEntry } from '../api/types';
import { formatIds, parseIds } from './address';
import { findSharedMetrics } from './metrics';
import { groupByFamily } from './names';
import { assignSlots } from './slots';
import { fittingSpan } from './span';
import { computeStats } from './stats';

const entry = (name: string): SeriesEntry => ({ name, label: name, unit: '', kind: 'gauge' });

describe('the address', () => {
  const ids = (words: string) => parseIds(new URLSearchParams({ ids: words }));

  it('names computers, each once and no more than twelve', () => {
    expect(ids('3,1,3,2')).toEqual([3, 1, 2]);
    expect(ids('')).toEqual([]);
    expect(ids('0,-1,x,1e3,2.5,7')).toEqual([7]);
    expect(ids(Array.from({ length: 20 }, (_, id) => id + 1).join(','))).toHaveLength(12);
  });

  it('survives a round trip', () => {
    expect(formatIds([3, 1])).toBe('3,1');
    expect(formatIds([])).toBeNull();
  });
});

describe('metrics', () => {
  it('are those that all computers send, the most common first', () => {
    const one = ['fan:2', 'fan:10', 'load.1m', 'cpu_percent', 'network_bytes_sent'].map(entry);
    const other = ['cpu_percent', 'fan:10', 'fan:2', 'network_bytes_sent', 'gpu'].map(entry);
    expect(findSharedMetrics([one, other]).map(({ name }) => name)).toEqual([
      'cpu_percent',
      'fan:2',
      'fan:10',
    ]);
    const filledIn = [entry('sample.filled_in'), entry('load.1m')];
    expect(findSharedMetrics([filledIn]).map(({ name }) => name)).toEqual(['load.1m']);
    expect(findSharedMetrics([])).toEqual([]);
  });
});

describe('families', () => {
  it('group the metrics with labels; the others come last', () => {
    const known = (name: string) => ({ ...entry(name), label: `label of ${name}` });
    const metrics = [
      ...['cpu.fan:1', 'toString'].map(entry),
      ...['disk.free_bytes:/', 'cpu_percent', 'constructor.x'].map(known),
    ];
    const groups = groupByFamily(metrics).map(([family, members]) => [
      family,
      members.map(({ name }) => name),
    ]);
    expect(groups).toEqual([
      ['cpu', ['cpu_percent']],
      ['disk', ['disk.free_bytes:/']],
      ['other', ['cpu.fan:1', 'toString', 'constructor.x']],
    ]);
  });
});

describe('the default span', () => {
  const span = (...ages_min: number[]) =>
    fittingSpan(
      ages_min.map((age_min) => 1e12 - age_min * 60_000),
      1e12,
    );

  it('is the shortest that contains all history, at most a day', () => {
    expect(span()).toBe('quarter');
    expect(span(3, 12)).toBe('quarter');
    expect(span(3, 16)).toBe('hour');
    expect(span(300)).toBe('sixHours');
    expect(span(3, 700)).toBe('day');
    expect(span(100_000)).toBe('day');
  });
});

describe('colours', () => {
  it('stay with their computers', () => {
    const before = assignSlots([5, 6, 7], new Map());
    expect([...before]).toEqual([
      [5, 0],
      [6, 1],
      [7, 2],
    ]);
    const after = assignSlots([6, 7, 8], before);
    expect([after.get(6), after.get(7), after.get(8)]).toEqual([1, 2, 0]);
  });
});

describe('a line in numbers', () => {
  it('ignores unknown values', () => {
    const drawn = { min: [1, null, 0], avg: [2, null, 4], max: [9, null, 5] };
    expect(computeStats(drawn)).toEqual({ min: 0, avg: 3, max: 9, last: 4 });
    const none = { min: [null], avg: [null], max: [null] };
    expect(computeStats(none)).toEqual({ min: null, avg: null, max: null, last: null });
  });
});
