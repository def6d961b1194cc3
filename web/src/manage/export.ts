// Exports computers as a file: their settings and state, in columns that "Add several" understands.

import * as calls from '../api/calls';
import type { Row } from '../api/types';
import { toCsv, download, type Cell } from '../parts/csv';

const moment = (moment_ms: number | null): Cell =>
  moment_ms === null ? null : new Date(moment_ms).toISOString();

const whole = (value: number | null | undefined): Cell =>
  value == null ? null : Math.round(value);

/** A row and its note, which lists of computers do not contain. */
export type RowWithNote = Row & { note: string };

/** Column names are those of the API, in every language, because programs read them. */
const columns: Record<string, (row: RowWithNote) => Cell> = {
  name: (row) => row.name,
  url: (row) => row.url,
  tags: (row) => row.tags.join(','),
  note: (row) => row.note,
  status: (row) => row.status,
  reason: (row) => row.reason,
  since: (row) => moment(row.since_ms),
  last_seen: (row) => moment(row.last_seen_ms),
  hostname: (row) => row.facts.hostname,
  os: (row) => row.facts.os,
  kernel: (row) => row.facts.kernel,
  agent_version: (row) => row.facts.agent_version,
  uptime_s: (row) => whole(row.uptime_s),
  load_1m: (row) => row.load_1m,
  cpu_percent: (row) => row.sample?.cpu_percent ?? null,
  memory_percent: (row) => row.sample?.memory_percent ?? null,
  memory_used: (row) => whole(row.sample?.memory_used),
  memory_total: (row) => whole(row.sample?.memory_total),
  disk_percent: (row) => row.sample?.disk_percent ?? null,
  disk_used: (row) => whole(row.sample?.disk_used),
  disk_total: (row) => whole(row.sample?.disk_total),
  network_sent_per_sec: (row) => whole(row.sample?.network_sent_per_sec),
  network_recv_per_sec: (row) => whole(row.sample?.network_recv_per_sec),
};

export const toCells = (rows: readonly RowWithNote[]): Cell[][] => [
  Object.keys(columns),
  ...rows.map((row) => Object.values(columns).map((cell) => cell(row))),
];

export const rowsToCsv = (rows: readonly RowWithNote[]): string => toCsv(toCells(rows));

/** One less than the number of connections that a browser allows to a server. */
const atOnce = 5;

/** Each row with its note, in the same order; reports how many are loaded. */
async function noted(
  rows: readonly Row[],
  onprogress: (done: number) => void,
): Promise<RowWithNote[]> {
  const notes = new Array<string>(rows.length);
  let [next, done] = [0, 0];
  const work = async () => {
    while (next < rows.length) {
      const index = next++;
      ({ note: notes[index] } = await calls.computer(rows[index]!.id));
      onprogress((done += 1));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return rows.map((row, index) => ({ ...row, note: notes[index]! }));
}

/** Downloads these computers, in this order, as a file. */
export async function exportRows(
  rows: readonly Row[],
  onprogress: (done: number) => void,
): Promise<void> {
  const today = new Date().toISOString().slice(0, 10);
  download(toCells(await noted(rows, onprogress)), `muster-${today}.csv`);
}
