import { describe, expect, it } from 'vitest';
import { rowsToCsv, type RowWithNote } from './export';
import { parseComputers } from './several/parse';

const row = {
  name: '=web',
  url: 'http://web:8000',
  tags: ['db', 'prod'],
  note: 'second rack,\n"left"',
  status: 'offline',
  reason: null,
  since_ms: 0,
  last_seen_ms: null,
  facts: { hostname: 'web', os: null, kernel: null, agent_version: null },
  uptime_s: 5.25,
  load_1m: 0.256,
  sample: { cpu_percent: 12.345678, memory_used: 8_347_254_784, network_sent_per_sec: 1234.56 },
} as unknown as RowWithNote;

describe('the exported computers', () => {
  it('have a header and one line each', () => {
    const [head, line, end] = rowsToCsv([{ ...row, note: 'a note' }]).split('\r\n');
    expect(head).toMatch(/^name,url,tags,note,status,/);
    expect(line).toBe(
      '\'=web,http://web:8000,"db,prod",a note,offline,,1970-01-01T00:00:00.000Z,,web,,,,5,0.26,12.35,,8347254784,,,,,1235,',
    );
    expect(end).toBe('');
  });

  it('can be imported with "Add several", except for their tokens', () => {
    const parsed = parseComputers(rowsToCsv([row, { ...row, name: 'web-2', tags: [], note: '' }]));
    if (parsed.isTooLarge) throw new Error('too large');
    const lines = parsed.lines.map(({ name, url, tags, note }) => ({ name, url, tags, note }));
    expect(lines).toEqual([
      { name: row.name, url: row.url, tags: row.tags, note: row.note },
      { name: 'web-2', url: row.url, tags: [], note: '' },
    ]);
    for (const { problems } of parsed.lines) expect(problems).toEqual([{ kind: 'tokenMissing' }]);
  });
});
