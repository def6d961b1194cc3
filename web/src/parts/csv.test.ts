import { describe, expect, it } from 'vitest';
import type { Row } from '../api/types';
import { csvOf, csvOfRows, withoutGuard } from './csv';

describe('CSV', () => {
  it('quotes what would end a cell', () => {
    expect(csvOf([['a', 'b,c', 'd"e', 'f\ng', ' h', 5, null]])).toBe(
      'a,"b,c","d""e","f\ng"," h",5,\r\n',
    );
  });

  it('makes no formula of what somebody named', () => {
    for (const cell of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '=HYPERLINK("x")']) {
      const written = csvOf([[cell]]);
      expect(written.replace(/^"/, '')).toMatch(/^'/);
      const bare = written.trimEnd().replace(/^"|"$/g, '').replaceAll('""', '"');
      expect(withoutGuard(bare)).toBe(cell);
    }
    expect(csvOf([[-5.5]])).toBe('-5.5\r\n');
    expect(withoutGuard("'tis")).toBe("'tis");
  });

  it('has a head, and a line for each computer', () => {
    const row = {
      name: '=web',
      url: 'http://web:8000',
      tags: ['db', 'prod'],
      status: 'offline',
      reason: null,
      since_ms: 0,
      last_seen_ms: null,
      facts: { hostname: 'web', os: null, kernel: null, agent_version: null },
      uptime_s: 5,
      load_1m: 0.25,
      sample: null,
    } as unknown as Row;
    const [head, line, end] = csvOfRows([row]).split('\r\n');
    expect(head).toMatch(/^name,url,tags,status,/);
    expect(line).toBe(
      '\'=web,http://web:8000,"db,prod",offline,,1970-01-01T00:00:00.000Z,,web,,,,5,0.25,,,,,,,,,',
    );
    expect(end).toBe('');
  });
});
