import { describe, expect, it } from 'vitest';
import type { Row, Sample } from '../api/types';
import { entryOf, fits, nameKeyOf } from './entry';
import { byName, sorted, worstFirst, type Order } from './order';
import { troublesInWords } from './words';

const facts = {
  hostname: null,
  system: null,
  os: null,
  kernel: null,
  agent_version: null,
  boot_time_s: null,
};

let nextId = 1;
function row(name: string, sample: Partial<Sample> | null, more: Partial<Row> = {}): Row {
  return {
    id: nextId++,
    name,
    url: `http://${name}:8000`,
    polled: true,
    status: 'online',
    reason: null,
    since_ms: null,
    last_seen_ms: 1_000,
    facts,
    uptime_s: null,
    load_1m: null,
    sample: sample as Sample | null,
    tags: [],
    disk_full: null,
    late: null,
    clock_ahead_s: null,
    token_renewed: false,
    ...more,
  };
}

const silent = (name: string, since_ms: number) =>
  row(name, { cpu_percent: 99 }, { status: 'offline', reason: 'connection refused', since_ms });

describe('condition', () => {
  it('is trouble from the thresholds on', () => {
    expect(entryOf(row('a', { cpu_percent: 94.9, disk_percent: 89.9 })).condition).toBe('well');
    expect(entryOf(row('a', { cpu_percent: 95 })).troubles).toEqual(['cpu']);
    expect(entryOf(row('a', { memory_percent: 95, disk_percent: 90 })).troubles).toEqual([
      'memory',
      'disk',
    ]);
  });

  it('is silent for one that does not answer, whatever it said last', () => {
    expect(entryOf(silent('a', 1)).condition).toBe('silent');
  });

  it('tells what is new and what is no longer polled from what is silent', () => {
    const added = row('a', null, { status: 'offline', last_seen_ms: null });
    expect(entryOf(added).condition).toBe('waiting');
    expect(entryOf({ ...added, polled: false }).condition).toBe('unpolled');
    expect(entryOf({ ...added, reason: 'wrong token' }).condition).toBe('silent');
  });
});

describe('a disk that fills', () => {
  const day_ms = 86_400_000;
  const filling = (days: number, more: Partial<Row> = {}) =>
    entryOf(
      row(
        'a',
        { disk_percent: 70 },
        {
          last_seen_ms: 1_000,
          disk_full: { at_ms: 1_000 + days * day_ms, disk: '/var' },
          ...more,
        },
      ),
    );

  it('is no matter while it is weeks off, a note within two, and trouble within three days', () => {
    expect(filling(14.1)).toMatchObject({ condition: 'well', isFilling: false });
    expect(filling(14)).toMatchObject({ condition: 'well', isFilling: true });
    expect(filling(3.1)).toMatchObject({ condition: 'well', isFilling: true });
    expect(filling(3)).toMatchObject({ condition: 'trouble', troubles: ['filling'] });
    expect(filling(-1)).toMatchObject({ condition: 'trouble', fullIn_ms: 0 });
  });

  it('is not told of a computer that is silent, nor where there is no trend', () => {
    expect(filling(1, { status: 'offline', reason: 'connection refused' })).toMatchObject({
      condition: 'silent',
      fullIn_ms: null,
      isFilling: false,
    });
    expect(filling(1, { disk_full: null }).fullIn_ms).toBeNull();
  });

  it('is said in words', () => {
    expect(troublesInWords(filling(2.5))).toBe('disk full in about 2 days');
    expect(troublesInWords(filling(0))).toBe('disk full in about an hour');
  });

  it('is found by sorting: the soonest first, and none at the end', () => {
    const entries = [filling(9), filling(2), filling(1, { disk_full: null }), filling(30)];
    const order = (descending: boolean) =>
      sorted(entries, { key: 'full', descending }).map(({ fullIn_ms }) => fullIn_ms);
    expect(order(false)).toEqual([2 * day_ms, 9 * day_ms, 30 * day_ms, null]);
    expect(order(true)).toEqual([30 * day_ms, 9 * day_ms, 2 * day_ms, null]);
  });
});

describe('an entry that replaces another', () => {
  const first = entryOf(row('db-1', null, { tags: ['prod'] }));

  it('takes over what has not changed, and nothing else', () => {
    const next = entryOf({ ...first.row, uptime_s: 5, tags: ['prod', 'Web'] }, first);
    expect(next.tagKeys).toEqual(['prod', 'web']);
    expect(fits(next, 'web')).toBe(true);
    expect(entryOf({ ...first.row, name: 'db-2' }, first).nameKey).not.toBe(first.nameKey);
  });

  it('is rebooted for a day', () => {
    const rebooted = (uptime_s: number) => entryOf({ ...first.row, uptime_s }, first).isRebooted;
    expect([rebooted(86_399), rebooted(86_400)]).toEqual([true, false]);
  });
});

describe('order', () => {
  const names = (rows: Row[], order: Order) =>
    sorted(rows.map((one) => entryOf(one)).sort(byName), order).map(({ row: { name } }) => name);

  it('puts the worst first, and the latest of the silent', () => {
    const rows = [
      row('well-10', { cpu_percent: 1 }),
      row('well-9', { cpu_percent: 90 }),
      row('one-trouble', { cpu_percent: 99 }),
      row('two-troubles', { memory_percent: 99, disk_percent: 99 }),
      silent('long-silent', 100),
      silent('just-silent', 200),
    ];
    expect(names(rows, worstFirst)).toEqual([
      'just-silent',
      'long-silent',
      'two-troubles',
      'one-trouble',
      'well-9',
      'well-10',
    ]);
  });

  it('puts what is unknown last in both directions', () => {
    const rows = [
      row('b', null),
      row('a', { cpu_percent: 5 }),
      silent('c', 1),
      row('d', { cpu_percent: 7 }),
    ];
    expect(names(rows, { key: 'cpu', descending: true })).toEqual(['d', 'a', 'b', 'c']);
    expect(names(rows, { key: 'cpu', descending: false })).toEqual(['a', 'd', 'b', 'c']);
  });

  it('reads names as people do', () => {
    expect(nameKeyOf('web-9') < nameKeyOf('Web-10')).toBe(true);
    expect(nameKeyOf('Émile') < nameKeyOf('frank')).toBe(true);
  });
});

describe('search', () => {
  it('wants every word, anywhere', () => {
    const entry = entryOf(row('db-1', null, { facts: { ...facts, os: 'Debian GNU/Linux 12' } }));
    expect(fits(entry, '')).toBe(true);
    expect(fits(entry, 'DEB db')).toBe(true);
    expect(fits(entry, 'web')).toBe(false);
  });
});
