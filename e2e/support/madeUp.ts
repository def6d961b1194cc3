// A made-up overview for states that a real fleet would take weeks to reach: filling disks,
// reboots, tags. The server and the page are real; only the data about computers is made up.

import type { Page } from '@playwright/test';

const day_ms = 86_400_000;
const gib = 2 ** 30;

export interface MadeUpRow {
  id: number;
  name: string;
  tags: string[];
  disk_full: { at_ms: number; disk: string } | null;
  [field: string]: unknown;
}

/** Set when so many computers failed at once that the server itself is blind. */
export interface Blind {
  since_ms: number;
  failing: number;
  of: number;
}

const kinds = [
  { name: 'web', tags: ['prod', 'web'] },
  { name: 'db', tags: ['prod', 'db'] },
  { name: 'build', tags: ['ci'] },
  { name: 'cache', tags: ['prod'] },
  { name: 'laptop', tags: [] as string[] },
];

/** A pseudo-random value for each number: always the same, and evenly distributed. */
const noise = (number: number, salt: number): number => {
  const wide = Math.sin(number * 12.9898 + salt * 78.233) * 43_758.5453;
  return wide - Math.floor(wide);
};

export function madeUpRow(number: number, now_ms: number): MadeUpRow {
  const kind = kinds[number % kinds.length]!;
  const uptime_s = Math.floor((3 + noise(number, 1) * 200) * 86_400);
  const between = (least: number, most: number, salt: number) =>
    least + noise(number, salt) ** 2 * (most - least);
  return {
    id: number + 1,
    name: `${kind.name}-${Math.floor(number / kinds.length) + 1}`,
    url: `http://10.0.${number >> 8}.${number & 255}:8000`,
    polled: true,
    status: 'online',
    condition: 'healthy',
    troubles: [],
    filling: null,
    ...{ reason: null, reason_code: null, reason_params: {} },
    since_ms: now_ms - 9 * day_ms,
    last_seen_ms: now_ms - 1_000,
    late: null,
    clock_ahead_s: null,
    facts: {
      hostname: kind.name,
      system: 'Linux',
      os: 'Debian GNU/Linux 13',
      kernel: '6.12.48',
      agent_version: '0.1.0',
      boot_time_s: Math.floor(now_ms / 1000) - uptime_s,
    },
    uptime_s,
    load_1m: between(0, 6, 2),
    sample: {
      timestamp_ms: now_ms - 1_000,
      cpu_percent: between(1, 88, 3),
      memory_total: 16 * gib,
      memory_used: 8 * gib,
      memory_percent: between(15, 90, 4),
      disk_total: 100 * gib,
      disk_used: 50 * gib,
      disk_percent: between(8, 86, 5),
      network_bytes_sent: 0,
      network_bytes_recv: 0,
      network_sent_per_sec: between(2e3, 4e6, 6),
      network_recv_per_sec: between(4e3, 9e6, 7),
    },
    tags: kind.tags,
    disk_full: null,
  };
}

const down = {
  ...{ status: 'offline', condition: 'down' },
  ...{ reason: 'connection refused', reason_code: 'connection_refused', reason_params: {} },
};

/** As the server reports a computer whose last poll failed. */
export const lateFields = (since_ms: number) => ({
  condition: 'late',
  late: {
    since_ms,
    ...{ reason: 'no answer within 10 s', reason_code: 'answer_timeout' },
    reason_params: { seconds: 10 },
  },
});

const filling = (now_ms: number, days: number, instance: string) => {
  const at_ms = now_ms + days * day_ms;
  const isSoon = days <= 3;
  const trouble = { measurement: 'disk_filling', value: days * 24, limit: 72, instance };
  return {
    condition: isSoon ? 'needs_attention' : 'healthy',
    troubles: isSoon ? [trouble] : [],
    filling: { instance, at_ms, in_s: days * 86_400 },
    disk_full: { at_ms, disk: instance },
  };
};

/** The problems of some computers, by number. */
const matters: Record<number, (now_ms: number) => Partial<MadeUpRow>> = {
  1: (now_ms) => filling(now_ms, 9.4, '/var'),
  2: (now_ms) => ({ ...down, since_ms: now_ms - 500_000, last_seen_ms: now_ms - 500_000 }),
  3: (now_ms) => filling(now_ms, 2.2, '/'),
  4: () => ({ uptime_s: 21_000 }),
};

/** The first five have something to show; the others are healthy, except for a few further down. */
export function madeUpFleet(count: number, now_ms = Date.now()): MadeUpRow[] {
  return Array.from({ length: count }, (_, number) => ({
    ...madeUpRow(number, now_ms),
    ...matters[number % 997]?.(now_ms - Math.floor(number / 997) * 900_000),
  }));
}

const sparkline = (id: number): number[] =>
  Array.from({ length: 60 }, (_, minute) => {
    const slow = 1 + Math.sin(minute / (6 + (id % 7)) + id);
    return 6 + (id % 5) * 9 * slow + noise(id, minute) * 14;
  });

/** Serves these computers to the page from now on, instead of the server's. */
export async function serveMadeUp(
  page: Page,
  computers: MadeUpRow[],
  blind: Blind | null = null,
): Promise<void> {
  const overview = { seq: 1, run: 'made-up', now_ms: Date.now(), interval_s: 30, blind, computers };
  await page.route('**/api/overview', (route) => route.fulfill({ json: overview }));
  await page.route('**/api/sparklines?*', (route) => {
    const ids = new URL(route.request().url()).searchParams.get('ids')!.split(',').map(Number);
    const series = Object.fromEntries(ids.map((id) => [id, sparkline(id)]));
    const from = Math.floor(Date.now() / 60_000 - 59) * 60;
    return route.fulfill({ json: { from, step_s: 60, series } });
  });
  // A stream that sends a hello and then only what `update` sends: a real one could not be paused.
  await page.addInitScript(() => {
    class Quiet extends EventTarget {
      constructor() {
        super();
        Object.assign(window, { madeUpStream: this });
        const hello = new MessageEvent('hello', { data: '{"seq":1,"run":"made-up"}' });
        setTimeout(() => this.dispatchEvent(hello));
      }
      close() {}
    }
    Object.assign(window, { EventSource: Quiet });
  });
}

/** The number of the next update on the made-up stream; the first one is 2. */
export async function sendUpdate(
  page: Page,
  seq: number,
  computers: MadeUpRow[],
  blind: Blind | null = null,
): Promise<void> {
  const data = JSON.stringify({ seq, computers, removed: [], blind });
  await page.waitForFunction(() => 'madeUpStream' in window);
  await page.evaluate((told) => {
    const { madeUpStream } = window as unknown as { madeUpStream: EventTarget };
    madeUpStream.dispatchEvent(new MessageEvent('computers', { data: told }));
  }, data);
}
