// A computer as the pages show it: its row, and what is worked out from it once, when it arrives,
// rather than each time that ten thousand of them are sorted. How it stands, the server decides.

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

/** The measurements that are per cent of something. */
export type Share = Exclude<Measurement, 'disk_filling'>;

/** "Rebooted" means within a day: who comes in the morning finds what happened in the night. */
export const rebootedWithin_s = 86_400;

export interface Entry {
  row: Row;
  /** From the last sample until its first disk is full; null where none is filling. */
  fullIn_ms: number | null;
  isRebooted: boolean;
  /** Without case, as two computers may spell one tag in two ways. */
  tagKeys: readonly string[];
  /** Sorts like a person reads: without case or accents, and web-9 before web-10. */
  nameKey: string;
  searchText: string;
}

export const sharesOf = (row: Row): Record<Share, number | null> => ({
  cpu: row.sample?.cpu_percent ?? null,
  memory: row.sample?.memory_percent ?? null,
  disk: row.sample?.disk_percent ?? null,
});

/** It answers, so that what it said last is how it is now. */
export const isLive = (row: Row): boolean => row.status === 'online' && row.polled;

export function fullInOf(row: Row): number | null {
  if (!row.disk_full || row.last_seen_ms === null || !isLive(row)) return null;
  return Math.max(0, row.disk_full.at_ms - row.last_seen_ms);
}

export const exceeds = (row: Row, measurement: Measurement): boolean =>
  row.troubles.some((trouble) => trouble.measurement === measurement);

// Most names are ASCII, for which the normal forms need not be looked up.
const plain = (name: string): string =>
  (/^[\0-\x7f]*$/.test(name) ? name : name.normalize('NFKD').replace(/\p{M}/gu, '')).toLowerCase();

export const nameKeyOf = (name: string): string =>
  plain(name).replace(/\d+/g, (digits) => digits.padStart(12, '0'));

export const tagKeyOf = (tag: string): string => tag.toLowerCase();

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

/** With the entry that it replaces, whose words are taken over where they have not changed. */
export function entryOf(row: Row, previous?: Entry): Entry {
  const same = previous && saysTheSame(previous.row, row) ? previous : undefined;
  return {
    row,
    fullIn_ms: fullInOf(row),
    isRebooted: isLive(row) && row.uptime_s !== null && row.uptime_s < rebootedWithin_s,
    tagKeys: same?.tagKeys ?? row.tags.map(tagKeyOf),
    nameKey: same?.nameKey ?? nameKeyOf(row.name),
    searchText: same?.searchText ?? searchTextOf(row),
  };
}

/** Every word must occur somewhere. Made once for a list, and asked of each entry. */
export function finder(query: string): (entry: Entry) => boolean {
  const words = plain(query).split(/\s+/);
  return ({ searchText }) => words.every((word) => searchText.includes(word));
}

export const fits = (entry: Entry, query: string): boolean => finder(query)(entry);
