// A row for tests: a healthy computer, except for what the test overrides.

import type { Row, Sample } from '../api/types';

export const noFacts = {
  hostname: null,
  system: null,
  os: null,
  kernel: null,
  agent_version: null,
  boot_time_s: null,
};

let nextId = 1;

export const testRow = (
  name: string,
  sample: Partial<Sample> | null = null,
  more: Partial<Row> = {},
): Row => ({
  id: nextId++,
  name,
  url: `http://${name}:8000`,
  polled: true,
  status: 'online',
  condition: 'healthy',
  troubles: [],
  filling: null,
  reason: null,
  reason_code: null,
  reason_params: {},
  since_ms: null,
  last_seen_ms: 1_000,
  facts: noFacts,
  uptime_s: null,
  load_1m: null,
  sample: sample as Sample | null,
  tags: [],
  disk_full: null,
  late: null,
  clock_ahead_s: null,
  token_renewed: false,
  ...more,
});

export const refused = {
  reason: 'connection refused',
  reason_code: 'connection_refused',
  reason_params: {},
} as const;

export const downRow = (name: string, since_ms: number, more: Partial<Row> = {}): Row =>
  testRow(
    name,
    { cpu_percent: 99 },
    { status: 'offline', condition: 'down', ...refused, since_ms, ...more },
  );
