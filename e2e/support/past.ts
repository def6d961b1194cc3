// Gives a newly added computer a past: three weeks of samples, one a minute, with two outages and a
// night in which the server was stopped. Python's SQLite writes it (the tests need Python anyway)
// while the server is stopped, since no other program may write to the database of a running
// server.

import { execFileSync } from 'node:child_process';
import path from 'node:path';
import type { Muster } from './test.js';

const wave = (least: number, most: number, hours: number) =>
  `${least} + ${(most - least) / 2} * (1 + sin(at_s / ${(hours * 3600) / (2 * Math.PI)}))`;

const statements = `
PRAGMA busy_timeout = 10000;
BEGIN IMMEDIATE;
CREATE TEMP TABLE base AS SELECT id, CAST(strftime('%s', 'now') AS INTEGER) - 120 AS now_s
  FROM computers ORDER BY id LIMIT 1;
UPDATE events SET at_ms = (SELECT now_s - 21 * 86400 FROM base) * 1000 WHERE kind = 'added'
  AND computer_id = (SELECT id FROM base);
INSERT INTO events (computer_id, at_ms, kind, reason, interval_ms)
  SELECT NULL, (now_s - 21 * 86400 - 60) * 1000, 'server_started', NULL, 60000 FROM base UNION ALL
  SELECT id, (now_s - 9 * 3600) * 1000, 'offline', '{"code":"connection_refused"}', NULL FROM base UNION ALL
  SELECT id, (now_s - 8 * 3600) * 1000, 'online', NULL, NULL FROM base UNION ALL
  SELECT id, (now_s - 3 * 3600) * 1000, 'offline', '{"code":"answer_timeout","params":{"seconds":10}}', NULL FROM base UNION ALL
  SELECT id, (now_s - 3 * 3600 + 480) * 1000, 'online', NULL, NULL FROM base UNION ALL
  SELECT NULL, (now_s - 18 * 3600) * 1000, 'server_stopped', NULL, NULL FROM base UNION ALL
  SELECT NULL, (now_s - 16 * 3600) * 1000, 'server_started', NULL, 60000 FROM base;
WITH RECURSIVE minutes(at_s, end_s, id) AS (
  SELECT now_s - 21 * 86400, now_s, id FROM base
  UNION ALL SELECT at_s + 60, end_s, id FROM minutes WHERE at_s + 60 < end_s)
INSERT INTO stats (computer_id, timestamp, timestamp_ms, cpu_percent, memory_percent, disk_percent,
    network_sent_per_sec, network_recv_per_sec)
  SELECT id, datetime(at_s, 'unixepoch'), at_s * 1000, ${wave(8, 55, 24)} + abs(random() % 30),
    ${wave(40, 60, 30)}, 62 + (at_s - end_s) / 200000.0, ${wave(1e5, 2e6, 24)}, ${wave(2e5, 5e6, 20)}
  FROM minutes WHERE NOT (at_s BETWEEN end_s - 9 * 3600 AND end_s - 8 * 3600)
    AND NOT (at_s BETWEEN end_s - 3 * 3600 AND end_s - 3 * 3600 + 480)
    AND NOT (at_s BETWEEN end_s - 18 * 3600 AND end_s - 16 * 3600);
COMMIT;
`;

const script = `
import sqlite3, sys
sqlite3.connect(sys.argv[1], isolation_level=None).executescript(sys.stdin.read())
`;

/** Gives the past to the first computer in the database in `directory`. */
export async function addPast(muster: Muster, directory: string): Promise<void> {
  const database = path.join(directory, 'stats.db');
  await muster.whileStopped(async () => {
    execFileSync('python3', ['-c', script, database], { input: statements });
  });
}
