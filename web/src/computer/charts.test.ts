import { describe, expect, it } from 'vitest';
import type { SeriesEntry } from '../api/types';
import { listSeries } from '../charts/spec';
import { buildCharts } from './charts';

const entry = (name: string, more: Partial<SeriesEntry> = {}): SeriesEntry => ({
  name,
  label: name,
  unit: '',
  kind: 'gauge',
  ...more,
});
const columns = ['cpu_percent', 'memory_percent', 'memory_total', 'network_bytes_sent'];
const names = (entries: SeriesEntry[], latest = {}) =>
  buildCharts(entries, latest).map(({ key }) => key);
const main = ['cpu', 'memory', 'disk', 'network'];

describe('the charts of a computer', () => {
  it('are the four main ones if the agent sends no other series', () => {
    expect(names(columns.map((name) => entry(name)))).toEqual(main);
  });

  it('show all cores in one chart, as a strip if there are many', () => {
    const cores = (number: number) =>
      Array.from({ length: number }, (_, core) => entry(`cpu.core.percent:${core}`));
    const of = (number: number) => buildCharts(cores(number), {})[4];
    expect(of(4)).toMatchObject({ kind: 'lines' });
    expect(of(128)).toMatchObject({ kind: 'strip' });
    expect(
      of(128)
        ?.lines.slice(9, 12)
        .map(({ label }) => label),
    ).toEqual(['9', '10', '11']);
    expect(of(1)).toBeUndefined();
  });

  it('show each of several disks as a percentage of its usable space', () => {
    const disk = (mount: string) => [
      entry(`disk.used_bytes:${mount}`),
      entry(`disk.free_bytes:${mount}`),
    ];
    const [chart] = buildCharts(
      [...disk('/'), ...disk('/x'), entry('disk.used_bytes:/y')],
      {},
    ).slice(4);
    expect(chart).toMatchObject({ key: 'disks', unit: 'percent' });
    expect(listSeries(chart!)).toEqual(
      ['/', '/x'].flatMap((mount) => disk(mount)).map(({ name }) => name),
    );
    expect(names(disk('/'))).toEqual(main);
  });

  it('show counters as rates, one line per interface', () => {
    const bytes = { unit: 'B', kind: 'counter' } as const;
    const [received] = buildCharts(
      [entry('network.recv_bytes:eth0', bytes), entry('network.recv_bytes:lo', bytes)],
      {},
    ).slice(4);
    expect(received).toMatchObject({ unit: 'rate' });
    expect(received?.lines.map(({ label, isCounter }) => [label, isCounter])).toEqual([
      ['eth0', true],
      ['lo', true],
    ]);
  });

  it('omit swap if there is none', () => {
    const swap = [entry('swap.used_bytes'), entry('swap.total_bytes')];
    expect(names(swap)).toContain('swap');
    expect(names(swap, { 'swap.total_bytes': 0 })).toEqual(main);
  });

  it('omit series about samples rather than the computer', () => {
    expect(names([entry('sample.filled_in')], { 'sample.filled_in': 1 })).toEqual(main);
  });

  it('show unknown series, and those that have just begun', () => {
    const charts = buildCharts(
      [entry('fan.rpm:cpu'), entry('fan.rpm:case'), entry('uptime.seconds')],
      {
        'gpu.percent:0': 5,
      },
    ).slice(4);
    expect(charts.map(({ title, lines }) => [title, lines.length])).toEqual([
      ['fan.rpm', 2],
      ['gpu.percent', 1],
    ]);
  });

  it('take metric names from the catalogue', () => {
    const [chart] = buildCharts(
      [entry('temp:cpu', { label: 'Temperature: cpu', unit: '' })],
      {},
    ).slice(4);
    expect(chart).toMatchObject({ title: 'Temperature', lines: [{ label: 'cpu' }] });
  });
});
