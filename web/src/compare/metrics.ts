// The metrics by which several computers can be compared.

import type { SeriesEntry } from '../api/types';
import { filledInSeries } from '../charts/filledIn';
import { toNameKey } from '../fleet/entry';

/** The most common ones come first. */
const first = [
  'cpu_percent',
  'memory_percent',
  'disk_percent',
  'network_recv_per_sec',
  'network_sent_per_sec',
  'load.1m',
];

/** Better shown by a share or a rate, or about the samples and not the computer. */
const leftOut = new Set(['network_bytes_sent', 'network_bytes_recv', filledInSeries]);

const rank = ({ name }: SeriesEntry): number =>
  first.includes(name) ? first.indexOf(name) : first.length;

const inOrder = (one: SeriesEntry, other: SeriesEntry): number =>
  rank(one) - rank(other) || (toNameKey(one.label) < toNameKey(other.label) ? -1 : 1);

/** The metrics that all lists contain; none if there is no list. */
export function findSharedMetrics(lists: readonly SeriesEntry[][]): SeriesEntry[] {
  const [own, ...others] = lists;
  if (!own) return [];
  const names = others.map((list) => new Set(list.map(({ name }) => name)));
  return own
    .filter(({ name }) => !leftOut.has(name) && names.every((set) => set.has(name)))
    .toSorted(inOrder);
}
