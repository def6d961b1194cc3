// A computer as the pages show it: its row, and values derived from it once, on arrival, rather
// than each time ten thousand of them are sorted. The server decides its condition.

import type { Condition, Measurement, Row } from '../api/types';

/** Worst first. */
export const conditions = [
  'down',
  'needs_attention',
  'late',
  'waiting',
  'healthy',
  'not_polled',
] as const satisfies readonly Condition[];

/** The measurements that are percentages. */
export type Share = Exclude<Measurement, 'disk_filling'>;

/** "Rebooted" means within a day, so that people see in the morning what happened overnight. */
export const rebootedWithin_s = 86_400;

export interface Entry {
  row: Row;
  /** From the last sample until its first disk is full; null if none is filling. */
  fullIn_ms: number | null;
  isRebooted: boolean;
  /** In lower case, since two computers may spell a tag differently. */
  tagKeys: readonly string[];
  /** Sorts as people expect: ignoring case and accents, and web-9 before web-10. */
  nameKey: string;
  searchText: string;
}

export const rowShares = (row: Row): Record<Share, number | null> => ({
  cpu: row.sample?.cpu_percent ?? null,
  memory: row.sample?.memory_percent ?? null,
  disk: row.sample?.disk_percent ?? null,
});

/** It answers, so its last values are current. */
export const isLive = (row: Row): boolean => row.status === 'online' && row.polled;

export function timeUntilFull_ms(row: Row): number | null {
  if (!row.disk_full || row.last_seen_ms === null || !isLive(row)) return null;
  return Math.max(0, row.disk_full.at_ms - row.last_seen_ms);
}

export const exceeds = (row: Row, measurement: Measurement): boolean =>
  row.troubles.some((trouble) => trouble.measurement === measurement);

// Most names are ASCII, which needs no normalization.
const plain = (name: string): string =>
  (/^[\0-\x7f]*$/.test(name) ? name : name.normalize('NFKD').replace(/\p{M}/gu, '')).toLowerCase();

export const toNameKey = (name: string): string =>
  plain(name).replace(/\d+/g, (digits) => digits.padStart(12, '0'));

export const toTagKey = (tag: string): string => tag.toLowerCase();

function searchTextOf(row: Row): string {
  const { hostname, os, system } = row.facts;
  return plain([row.name, hostname, os, system, row.url, ...row.tags].filter(Boolean).join('\n'));
}

const saysTheSame = (one: Row, other: Row): boolean =>
  one.name === other.name &&
  one.url === other.url &&
  one.facts.hostname === other.facts.hostname &&
  one.facts.os === other.facts.os &&
  one.facts.system === other.facts.system &&
  one.tags.join() === other.tags.join();

/** Reuses the keys of the replaced entry if they have not changed. */
export function toEntry(row: Row, previous?: Entry): Entry {
  const same = previous && saysTheSame(previous.row, row) ? previous : undefined;
  return {
    row,
    fullIn_ms: timeUntilFull_ms(row),
    isRebooted: isLive(row) && row.uptime_s !== null && row.uptime_s < rebootedWithin_s,
    tagKeys: same?.tagKeys ?? row.tags.map(toTagKey),
    nameKey: same?.nameKey ?? toNameKey(row.name),
    searchText: same?.searchText ?? searchTextOf(row),
  };
}

/** Every word must match somewhere. Created once for a list and called for each entry. */
export function createMatcher(query: string): (entry: Entry) => boolean {
  const words = plain(query).split(/\s+/);
  return ({ searchText }) => words.every((word) => searchText.includes(word));
}

export const matchesQuery = (entry: Entry, query: string): boolean => createMatcher(query)(entry);
