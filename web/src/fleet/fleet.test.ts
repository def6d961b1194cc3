import { describe, expect, it } from 'vitest';
import type { Row } from '../api/types';
import { toEntry, exceeds, matchesQuery, toNameKey } from './entry';
import { compareByName, sortEntries, worstFirst, type Order } from './order';
import { downRow, noFacts, refused, testRow as row } from './testRow';
import { conditionInWords, downInWords, latenessInWords, stateInWords } from './words';

const day_ms = 86_400_000;
const needing = (...troubles: Row['troubles']): Partial<Row> => ({
  condition: 'needs_attention',
  troubles,
});
const busy = needing({ measurement: 'cpu', value: 97.4, limit: 95, instance: null });
const full = needing(
  { measurement: 'memory', value: 99, limit: 95, instance: null },
  { measurement: 'disk_filling', value: 60, limit: 72, instance: '/var' },
);

describe('the condition that the server decided', () => {
  it('is shown with exceeded limits and the reason', () => {
    expect(stateInWords(row('a'))).toBe('healthy');
    expect(stateInWords(row('a', null, busy))).toBe('needs attention: CPU 97\u00a0%');
    expect(stateInWords(row('a', null, full))).toBe(
      'needs attention: memory 99\u00a0%, disk full in about 2 days',
    );
    expect(stateInWords(row('a', null, { condition: 'waiting' }))).toMatch(/^waiting/);
    expect(downInWords(downRow('a', 0), 480_000)).toBe('down for 8\u00a0min: connection refused');
    const never = downRow('a', 0, { last_seen_ms: null });
    expect(downInWords(never, 480_000)).toBe('never answered: connection refused');
    expect(conditionInWords(toEntry(row('a', null, { since_ms: 0 })), 12 * day_ms)).toBe(
      'healthy, answering for 12 days',
    );
  });

  it('shows once why it is late', () => {
    const late = { since_ms: 0, ...refused };
    const lateRow = row('a', null, { condition: 'late', late });
    expect(stateInWords(lateRow)).toBe('late: connection refused');
    expect(latenessInWords(lateRow)).toBeNull();
    expect(latenessInWords(row('a', null, { ...busy, late }))).toBe('late: connection refused');
  });

  it('marks the measurements that exceed their limit', () => {
    const measurements = ['cpu', 'memory', 'disk', 'disk_filling'] as const;
    const exceeded = measurements.filter((measurement) =>
      exceeds(row('a', null, full), measurement),
    );
    expect(exceeded).toEqual(['memory', 'disk_filling']);
  });
});

describe('a filling disk', () => {
  const filling = (days: number, more: Partial<Row> = {}) =>
    toEntry(
      row(
        'a',
        { disk_percent: 70 },
        { disk_full: { at_ms: 1_000 + days * day_ms, disk: '/var' }, ...more },
      ),
    );

  it('counts from the last sample, only for computers that answer', () => {
    expect(filling(14).fullIn_ms).toBe(14 * day_ms);
    expect(filling(-1).fullIn_ms).toBe(0);
    expect(filling(1, { status: 'offline', condition: 'down' }).fullIn_ms).toBeNull();
    expect(filling(1, { disk_full: null }).fullIn_ms).toBeNull();
  });

  it('sorts soonest first, and computers without one last', () => {
    const entries = [filling(9), filling(2), filling(1, { disk_full: null }), filling(30)];
    const order = (descending: boolean) =>
      sortEntries(entries, { key: 'full', descending }).map(({ fullIn_ms }) => fullIn_ms);
    expect(order(false)).toEqual([2 * day_ms, 9 * day_ms, 30 * day_ms, null]);
    expect(order(true)).toEqual([30 * day_ms, 9 * day_ms, 2 * day_ms, null]);
  });
});

describe('an entry that replaces another', () => {
  const first = toEntry(row('db-1', null, { tags: ['prod'] }));

  it('reuses only what has not changed', () => {
    const next = toEntry({ ...first.row, uptime_s: 5, tags: ['prod', 'Web'] }, first);
    expect(next.tagKeys).toEqual(['prod', 'web']);
    expect(matchesQuery(next, 'web')).toBe(true);
    expect(toEntry({ ...first.row, name: 'db-2' }, first).nameKey).not.toBe(first.nameKey);
  });

  it('counts as rebooted for a day', () => {
    const rebooted = (uptime_s: number) => toEntry({ ...first.row, uptime_s }, first).isRebooted;
    expect([rebooted(86_399), rebooted(86_400)]).toEqual([true, false]);
  });
});

describe('order', () => {
  const names = (rows: Row[], order: Order) =>
    sortEntries(rows.map((one) => toEntry(one)).sort(compareByName), order).map(
      ({ row: { name } }) => name,
    );

  it('puts the worst first, and the latest of those that are down', () => {
    const rows = [
      row('not-polled', null, { polled: false, condition: 'not_polled' }),
      row('healthy-10', { cpu_percent: 1 }),
      row('healthy-9', { cpu_percent: 90 }),
      row('waiting', null, { condition: 'waiting' }),
      row('late', null, { condition: 'late' }),
      row('one-trouble', null, busy),
      row('two-troubles', null, full),
      downRow('long-down', 100),
      downRow('just-down', 200),
    ];
    expect(names(rows, worstFirst)).toEqual([
      ...['just-down', 'long-down', 'two-troubles', 'one-trouble'],
      ...['late', 'waiting', 'healthy-9', 'healthy-10', 'not-polled'],
    ]);
  });

  it('puts unknown values last in both directions', () => {
    const rows = [
      row('b', null),
      row('a', { cpu_percent: 5 }),
      downRow('c', 1),
      row('d', { cpu_percent: 7 }),
    ];
    expect(names(rows, { key: 'cpu', descending: true })).toEqual(['d', 'a', 'b', 'c']);
    expect(names(rows, { key: 'cpu', descending: false })).toEqual(['a', 'd', 'b', 'c']);
  });

  it('sorts names naturally', () => {
    expect(toNameKey('web-9') < toNameKey('Web-10')).toBe(true);
    expect(toNameKey('Émile') < toNameKey('frank')).toBe(true);
  });
});

describe('search', () => {
  it('requires every word, anywhere', () => {
    const entry = toEntry(row('db-1', null, { facts: { ...noFacts, os: 'Debian GNU/Linux 12' } }));
    expect(matchesQuery(entry, '')).toBe(true);
    expect(matchesQuery(entry, 'DEB db')).toBe(true);
    expect(matchesQuery(entry, 'web')).toBe(false);
  });
});
