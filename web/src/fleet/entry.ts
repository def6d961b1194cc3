// A computer as the pages show it: its row, and what is worked out from it once, when it arrives,
// rather than each time that ten thousand of them are sorted.

import type { Row } from '../api/types';

/** Worst first. */
export const conditions = ['silent', 'trouble', 'waiting', 'well', 'unpolled'] as const;
export type Condition = (typeof conditions)[number];

export type Reading = 'cpu' | 'memory' | 'disk';

/** From here on a reading means trouble. */
export const troubleFrom_percent: Record<Reading, number> = { cpu: 95, memory: 95, disk: 90 };

export interface Entry {
  row: Row;
  condition: Condition;
  troubles: Reading[];
  /** Sorts like a person reads: without case or accents, and web-9 before web-10. */
  nameKey: string;
  searchText: string;
}

export const readingsOf = (row: Row): Record<Reading, number | null> => ({
  cpu: row.sample?.cpu_percent ?? null,
  memory: row.sample?.memory_percent ?? null,
  disk: row.sample?.disk_percent ?? null,
});

export function troublesOf(row: Row): Reading[] {
  const readings = readingsOf(row);
  return (['cpu', 'memory', 'disk'] as const).filter(
    (reading) => (readings[reading] ?? 0) >= troubleFrom_percent[reading],
  );
}

function conditionOf(row: Row, troubles: Reading[]): Condition {
  if (!row.polled) return 'unpolled';
  if (row.status === 'online') return troubles.length > 0 ? 'trouble' : 'well';
  // Just added: it has neither answered nor failed to.
  if (row.last_seen_ms === null && row.reason === null) return 'waiting';
  return 'silent';
}

const plain = (name: string): string => name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

export const nameKeyOf = (name: string): string =>
  plain(name).replace(/\d+/g, (digits) => digits.padStart(12, '0'));

export function entryOf(row: Row): Entry {
  const troubles = troublesOf(row);
  const { hostname, os, system } = row.facts;
  return {
    row,
    condition: conditionOf(row, troubles),
    troubles,
    nameKey: nameKeyOf(row.name),
    searchText: plain([row.name, hostname, os, system, row.url].filter(Boolean).join('\n')),
  };
}

/** Every word must occur somewhere. */
export function fits(entry: Entry, query: string): boolean {
  return plain(query)
    .split(/\s+/)
    .every((word) => entry.searchText.includes(word));
}
