// The orders in which computers can be listed. What is unknown comes last in either direction,
// and equals stand by name, so that a list does not shuffle while it updates.

import { conditions, type Entry } from './entry';

export const sortKeys = [
  'condition',
  'name',
  'cpu',
  'memory',
  'disk',
  'full',
  'network',
  'load',
  'uptime',
  'seen',
] as const;
export type SortKey = (typeof sortKeys)[number];

export interface Order {
  key: SortKey;
  descending: boolean;
}

/** What is looked for in these stands at their low end: the first name, the disk that is full
    soonest, the computer that rebooted last, the one that has not been seen for longest. */
const lowFirst: SortKey[] = ['condition', 'name', 'full', 'uptime', 'seen'];

/** The direction that is meant by the first click on a column. */
export const firstDirection = (key: SortKey): Order => ({
  key,
  descending: !lowFirst.includes(key),
});

export const worstFirst: Order = { key: 'condition', descending: false };

const byName = (one: Entry, other: Entry): number =>
  one.nameKey < other.nameKey ? -1 : one.nameKey > other.nameKey ? 1 : one.row.id - other.row.id;

/** Silent ones by how lately they fell silent, troubled ones by how many troubles they have. */
function withinCondition(entry: Entry): number {
  if (entry.condition === 'silent') return -(entry.row.since_ms ?? 0);
  return -entry.troubles.length;
}

const byCondition = (one: Entry, other: Entry): number =>
  conditions.indexOf(one.condition) - conditions.indexOf(other.condition) ||
  withinCondition(one) - withinCondition(other);

const network = ({ row: { sample } }: Entry): number | null =>
  sample?.network_sent_per_sec == null && sample?.network_recv_per_sec == null
    ? null
    : (sample.network_sent_per_sec ?? 0) + (sample.network_recv_per_sec ?? 0);

/** What a silent computer last said about its load is no reading to be compared with live ones. */
const whileLive =
  (value: (entry: Entry) => number | null | undefined) =>
  (entry: Entry): number | null =>
    entry.row.status === 'online' ? (value(entry) ?? null) : null;

const values: Record<Exclude<SortKey, 'condition' | 'name'>, (entry: Entry) => number | null> = {
  cpu: whileLive(({ row }) => row.sample?.cpu_percent),
  memory: whileLive(({ row }) => row.sample?.memory_percent),
  disk: whileLive(({ row }) => row.sample?.disk_percent),
  full: ({ fullIn_ms }) => fullIn_ms,
  network: whileLive(network),
  load: whileLive(({ row }) => row.load_1m),
  uptime: whileLive(({ row }) => row.uptime_s),
  seen: ({ row }) => row.last_seen_ms,
};

function comparison({ key, descending }: Order): (one: Entry, other: Entry) => number {
  const sign = descending ? -1 : 1;
  if (key === 'name') return (one, other) => sign * byName(one, other);
  if (key === 'condition') return (one, other) => sign * byCondition(one, other);
  const valueOf = values[key];
  return (one, other) => {
    const oneValue = valueOf(one);
    const otherValue = valueOf(other);
    if (oneValue === null || otherValue === null)
      return Number(oneValue === null) - Number(otherValue === null);
    return sign * (oneValue - otherValue);
  };
}

export function sorted(entries: Entry[], order: Order): Entry[] {
  const compare = comparison(order);
  return entries.toSorted((one, other) => compare(one, other) || byName(one, other));
}
