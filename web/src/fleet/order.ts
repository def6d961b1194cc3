// The orders of the list of computers. Unknown values come last in either direction, and ties are
// sorted by name, so that the list does not shuffle during updates.

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

/**
 * For these, what people look for is at the low end: the first name, the disk that is full soonest,
 * the latest reboot, the computer not seen for longest.
 */
const lowFirst: SortKey[] = ['condition', 'name', 'full', 'uptime', 'seen'];

/** The direction of the first click on a column. */
export const firstDirection = (key: SortKey): Order => ({
  key,
  descending: !lowFirst.includes(key),
});

export const worstFirst: Order = { key: 'condition', descending: false };

/** The order in which `Fleet` keeps all computers; equal names are sorted by id. */
export const compareByName = (one: Entry, other: Entry): number =>
  one.nameKey < other.nameKey ? -1 : one.nameKey > other.nameKey ? 1 : one.row.id - other.row.id;

/** Computers that are down by how recently they went down, others by their number of problems. */
function withinCondition({ row }: Entry): number {
  if (row.condition === 'down') return -(row.since_ms ?? 0);
  return -row.troubles.length;
}

/** Greater than the distance between any two moments in milliseconds. */
const conditionsApart = 1e14;

const badness = (entry: Entry): number =>
  conditions.indexOf(entry.row.condition) * conditionsApart + withinCondition(entry);

const network = ({ row: { sample } }: Entry): number | null =>
  sample?.network_sent_per_sec == null && sample?.network_recv_per_sec == null
    ? null
    : (sample.network_sent_per_sec ?? 0) + (sample.network_recv_per_sec ?? 0);

/** The last values of a computer that is down cannot be compared with live ones. */
const whileLive =
  (value: (entry: Entry) => number | null | undefined) =>
  (entry: Entry): number | null =>
    entry.row.status === 'online' ? (value(entry) ?? null) : null;

const values: Record<Exclude<SortKey, 'name'>, (entry: Entry) => number | null> = {
  condition: badness,
  cpu: whileLive(({ row }) => row.sample?.cpu_percent),
  memory: whileLive(({ row }) => row.sample?.memory_percent),
  disk: whileLive(({ row }) => row.sample?.disk_percent),
  full: ({ fullIn_ms }) => fullIn_ms,
  network: whileLive(network),
  load: whileLive(({ row }) => row.load_1m),
  uptime: whileLive(({ row }) => row.uptime_s),
  seen: ({ row }) => row.last_seen_ms,
};

/** The first index of `number`, which is present, in ascending numbers. */
function firstPlaceOf(number: number, ascending: Float64Array): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! < number) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Expects entries by name, as `Fleet` keeps them; ties keep that order. Ten thousand are sorted every
 * second, so this sorts plain numbers, which browsers do several times faster than with a comparison
 * function, and then finds each entry's position by its number.
 */
export function sortEntries(entries: Entry[], { key, descending }: Order): Entry[] {
  if (key === 'name') return descending ? entries.toReversed() : entries;
  const sign = descending ? -1 : 1;
  const valueOf = values[key];
  const numbers = Float64Array.from(entries, (entry) => {
    const value = valueOf(entry);
    return value === null ? Infinity : sign * value;
  });
  const ascending = numbers.toSorted();
  const taken = new Uint32Array(entries.length);
  const result = Array<Entry>(entries.length);
  for (const [index, entry] of entries.entries()) {
    const first = firstPlaceOf(numbers[index]!, ascending);
    result[first + taken[first]!] = entry;
    taken[first]! += 1;
  }
  return result;
}
