// A table as CSV (RFC 4180), for spreadsheets and scripts alike.

import type { Row } from '../api/types';

export type Cell = string | number | null;

/**
 * A spreadsheet takes a cell that begins so for a formula, and would run what somebody named. One
 * that has the guard already gets another, so that reading can take one away.
 */
const formula = /^'*[=+\-@\t\r]/;
/** Excel takes a file without it for one in its own old character set. */
const byteOrderMark = '\ufeff';

function written(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const harmless = formula.test(cell) ? `'${cell}` : cell;
  return /[",;\r\n\t]|^\s|\s$/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** Undoes what `csvOf` does to what would be a formula. */
export const withoutGuard = (cell: string): string =>
  cell.startsWith("'") && formula.test(cell.slice(1)) ? cell.slice(1) : cell;

export const csvOf = (rows: readonly (readonly Cell[])[]): string =>
  rows.map((row) => `${row.map(written).join(',')}\r\n`).join('');

const moment = (moment_ms: number | null): Cell =>
  moment_ms === null ? null : new Date(moment_ms).toISOString();

/** The names are those of the API, in every language: programs read them. */
const columns: Record<string, (row: Row) => Cell> = {
  name: (row) => row.name,
  url: (row) => row.url,
  tags: (row) => row.tags.join(','),
  status: (row) => row.status,
  reason: (row) => row.reason,
  since: (row) => moment(row.since_ms),
  last_seen: (row) => moment(row.last_seen_ms),
  hostname: (row) => row.facts.hostname,
  os: (row) => row.facts.os,
  kernel: (row) => row.facts.kernel,
  agent_version: (row) => row.facts.agent_version,
  uptime_s: (row) => row.uptime_s,
  load_1m: (row) => row.load_1m,
  cpu_percent: (row) => row.sample?.cpu_percent ?? null,
  memory_percent: (row) => row.sample?.memory_percent ?? null,
  memory_used: (row) => row.sample?.memory_used ?? null,
  memory_total: (row) => row.sample?.memory_total ?? null,
  disk_percent: (row) => row.sample?.disk_percent ?? null,
  disk_used: (row) => row.sample?.disk_used ?? null,
  disk_total: (row) => row.sample?.disk_total ?? null,
  network_sent_per_sec: (row) => row.sample?.network_sent_per_sec ?? null,
  network_recv_per_sec: (row) => row.sample?.network_recv_per_sec ?? null,
};

const cellsOf = (rows: readonly Row[]): Cell[][] => [
  Object.keys(columns),
  ...rows.map((row) => Object.values(columns).map((cell) => cell(row))),
];

export const csvOfRows = (rows: readonly Row[]): string => csvOf(cellsOf(rows));

function download(content: string, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([content], { type: 'text/csv;charset=utf-8' }));
  link.download = name;
  link.click();
  // The browser has begun to read it by the next turn; until then it must not be gone.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Hands a table to the reader as a file of that name and today's date. */
export function exportCells(rows: readonly (readonly Cell[])[], name: string): void {
  const today = new Date().toISOString().slice(0, 10);
  download(byteOrderMark + csvOf(rows), `${name}-${today}.csv`);
}

/** Hands these computers, in this order, to the reader as a file. */
export const exportRows = (rows: readonly Row[]): void => exportCells(cellsOf(rows), 'muster');
