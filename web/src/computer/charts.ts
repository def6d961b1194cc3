// The charts of a computer's page in display order: the four main ones, then those that its agent's
// series add, and last those of unknown metrics.

import type { SeriesEntry } from '../api/types';
import { filledInSeries } from '../charts/filledIn';
import { lineColor, type ChartSpec, type Line } from '../charts/spec';
import { chartUnit } from '../charts/units';
import { toNameKey } from '../fleet/entry';
import { text } from '../text';

/** With this many lines or more, separate lines would be unreadable. */
const stripFrom_cores = 5;
/** This many lines have distinct colours; further ones look alike. */
const linesApart = 12;

const single = (series: string): Line[] => [{ series, label: '', color: 'chart-first' }];

const percent = (
  key: string,
  title: string,
  limit: ChartSpec['limit'],
  lines: Line[],
): ChartSpec => ({ key, title, unit: 'percent', kind: 'lines', limit, lines });

export const mainCharts: ChartSpec[] = [
  percent('cpu', text.computer.cpu, 'cpu_percent', single('cpu_percent')),
  {
    ...percent('memory', text.computer.memoryChart, 'memory_percent', single('memory_percent')),
    means: text.overview.percentMeans.memory,
  },
  {
    ...percent('disk', text.computer.diskChart, 'disk_percent', single('disk_percent')),
    means: text.overview.percentMeans.disk,
  },
  {
    key: 'network',
    title: text.computer.network,
    unit: 'rate',
    kind: 'lines',
    limit: null,
    lines: [
      { series: 'network_recv_per_sec', label: text.computer.received, color: 'chart-first' },
      { series: 'network_sent_per_sec', label: text.computer.sent, color: 'chart-second' },
    ],
  },
];

/** Shows when the computer rebooted. */
export const uptimeSeries = 'uptime.seconds';

/** Shown as part of another chart or among the facts. */
const notAlone = new Set([
  ...mainCharts.flatMap(({ lines }) => lines.map(({ series }) => series)),
  ...['memory_total', 'memory_used', 'disk_total', 'disk_used'],
  ...['network_bytes_sent', 'network_bytes_recv', uptimeSeries, 'cpu.count'],
  filledInSeries,
  ...['swap.total_bytes', 'swap.used_bytes', 'cpu.core.percent'],
  ...['disk.total_bytes', 'disk.used_bytes', 'disk.free_bytes'],
]);

const metricOf = (name: string): string => name.split(':', 1)[0]!;
const instanceOf = (name: string): string => name.slice(metricOf(name).length + 1);

/** Lines in natural order, with distinct colours as far as these last. */
function lines(entries: SeriesEntry[], more: (entry: SeriesEntry) => Partial<Line> = () => ({})) {
  const ordered = entries.toSorted((one, other) =>
    toNameKey(one.name) < toNameKey(other.name) ? -1 : 1,
  );
  const color = (index: number): Pick<Line, 'color' | 'isDashed'> => {
    if (ordered.length > linesApart) return { color: 'chart-many' };
    if (ordered.length <= 2) return { color: index === 0 ? 'chart-first' : 'chart-second' };
    return lineColor(index);
  };
  return ordered.map((entry, index): Line => {
    const label = instanceOf(entry.name) || (ordered.length > 1 ? entry.label : '');
    return { series: entry.name, label, ...color(index), ...more(entry) };
  });
}

type Groups = Map<string, SeriesEntry[]>;

function cores(groups: Groups): ChartSpec | null {
  const found = groups.get('cpu.core.percent');
  if (!found || found.length < 2) return null;
  const spec = percent('cores', text.computer.cores, null, lines(found));
  return { ...spec, kind: found.length < stripFrom_cores ? 'lines' : 'strip' };
}

function load(groups: Groups): ChartSpec | null {
  const found = ['load.1m', 'load.5m', 'load.15m'].flatMap((name) => groups.get(name) ?? []);
  if (found.length === 0) return null;
  const shorts = text.computer.loads;
  const drawn = found.map(({ name }, index): Line => ({
    series: name,
    label: shorts[name] ?? name,
    ...lineColor(index),
  }));
  const kind = 'lines' as const;
  return {
    key: 'load',
    title: text.computer.load,
    unit: 'number',
    kind,
    limit: null,
    lines: drawn,
  };
}

function swap(groups: Groups, latest: Record<string, number>): ChartSpec | null {
  if (!groups.has('swap.used_bytes') || latest['swap.total_bytes'] === 0) return null;
  return {
    key: 'swap',
    title: text.computer.swap,
    unit: 'bytes',
    kind: 'lines',
    limit: null,
    top: 'swap.total_bytes',
    lines: single('swap.used_bytes'),
  };
}

/** As df computes it: a share of used and available space, without the space reserved for root. */
function disks(groups: Groups): ChartSpec | null {
  const used = groups.get('disk.used_bytes') ?? [];
  const free = new Set(groups.get('disk.free_bytes')?.map(({ name }) => instanceOf(name)));
  const whole = used.filter(({ name }) => free.has(instanceOf(name)));
  // The only disk is the root disk, which has its chart already.
  if (whole.length < 2) return null;
  const of = ({ name }: SeriesEntry) => ({ of: [name, `disk.free_bytes:${instanceOf(name)}`] });
  const spec = percent('disks', text.computer.disks, null, lines(whole, of));
  return { ...spec, means: text.overview.percentMeans.disk };
}

/** Any metric: one line for each of its instances. */
function metric(name: string, found: SeriesEntry[], title?: string): ChartSpec {
  const { label, unit, kind } = found[0]!;
  const isCounter = kind === 'counter';
  const instance = instanceOf(found[0]!.name);
  const plain =
    instance && label.endsWith(`: ${instance}`) ? label.slice(0, -instance.length - 2) : null;
  return {
    key: name,
    title: title ?? plain ?? (instance ? name : label),
    unit: chartUnit(unit, isCounter),
    kind: 'lines',
    limit: null,
    lines: lines(found, () => (isCounter ? { isCounter } : {})),
  };
}

const interfaces: [string, string][] = [
  ['network.recv_bytes', text.computer.receivedEach],
  ['network.sent_bytes', text.computer.sentEach],
];

/** `latest` holds the newest values; a series in it that `entries` lacks has just begun. */
export function buildCharts(entries: SeriesEntry[], latest: Record<string, number>): ChartSpec[] {
  const known = new Set(entries.map(({ name }) => name));
  const young = Object.keys(latest)
    .filter((name) => !known.has(name))
    .map((name): SeriesEntry => ({ name, label: name, unit: '', kind: 'gauge' }));
  const groups: Groups = new Map();
  for (const entry of [...entries, ...young]) {
    const name = metricOf(entry.name);
    groups.set(name, [...(groups.get(name) ?? []), entry]);
  }
  const named = [
    cores(groups),
    load(groups),
    swap(groups, latest),
    disks(groups),
    ...interfaces.map(([name, title]) => {
      const found = groups.get(name);
      return found ? metric(name, found, title) : null;
    }),
  ].filter((spec) => spec !== null);
  const drawn = new Set(named.flatMap(({ lines }) => lines.map(({ series }) => metricOf(series))));
  const isRest = (name: string) => !drawn.has(name) && !notAlone.has(name);
  const others = [...groups]
    .filter(([name]) => isRest(name))
    .map(([name, found]) => metric(name, found))
    .toSorted((one, other) => (one.title < other.title ? -1 : 1));
  return [...mainCharts, ...named, ...others];
}
