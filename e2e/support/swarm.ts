// Ten thousand simulated computers on a server's roll. One rebooted last night; another has a week
// of history in which its disk filled by 40 GiB, with 30 GiB left.

import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { Program } from './process.js';

export const agents = Number(process.env.MUSTER_BENCH_AGENTS ?? 10_000);
/** The same names as in crates/swarm/src/computer.rs. */
export const rebooted = 'swarm-004321';
export const filling = 'swarm-000011';

const filled = `
WITH RECURSIVE hours(back) AS (SELECT 7 * 24 - 1 UNION ALL SELECT back - 1 FROM hours WHERE back > 1)
INSERT INTO stats (computer_id, timestamp, timestamp_ms, disk_total, disk_used, disk_percent)
  SELECT id, datetime(now_s - back * 3600, 'unixepoch'), (now_s - back * 3600) * 1000,
    100 << 30, CAST((70 - back * 40.0 / 168) * (1 << 30) AS INTEGER), 70 - back * 40.0 / 168
  FROM hours, (SELECT id, CAST(strftime('%s', 'now') AS INTEGER) AS now_s
    FROM computers WHERE name = '${filling}');
`;

const script = `
import sqlite3, sys
sqlite3.connect(sys.argv[1], isolation_level=None, timeout=20).execute(sys.stdin.read())
`;

/** Adds them to the server in `directory`, and answers its polls until the program is stopped. */
export async function startSwarm(directory: string): Promise<Program> {
  const database = path.join(directory, 'stats.db');
  const fleet = ['--agents', `${agents}`, '--port'];
  const serving = new Program('muster-swarm', ['serve', ...fleet, '0'], directory);
  const port = await serving.printed(/port (\d+), token/);
  await new Program('muster-swarm', ['register', ...fleet, port, database], directory).answer('');
  execFileSync('python3', ['-c', script, database], { input: filled });
  return serving;
}
