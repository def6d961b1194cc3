import { describe, expect, it } from 'vitest';
import type { Completeness } from '../api/types';
import { hatched, longestOutage, outagesOf, outageWithin, uptimeShare } from './outages';

const refused = 'connection refused';
const absent = 'the server was not running';
const notYetAdded = 'not yet added';

const completeness = (gaps: [number, number, string][], to = 1000): Completeness => ({
  from: 0,
  to,
  expected: 100,
  present: 90,
  share: 0.9,
  gaps: gaps.map(([from, until, reason]) => ({ from, to: until, reason })),
  gaps_left_out: 0,
});
const now = { now_s: 700, interval_s: 10, asked_s: 600, silence: null };
const outages = (...gaps: [number, number, string][]) => outagesOf(completeness(gaps), now);

describe('outagesOf', () => {
  it('tells silence from what nobody watched', () => {
    const found = outages([0, 50, notYetAdded], [100, 200, absent], [300, 400, refused]);
    expect(found.map(({ kind }) => kind)).toEqual(['unwatched', 'unwatched', 'silent']);
  });

  it('continues an outage that lasts up to now', () => {
    const silence = { reason: refused, last_seen_ms: 500_000 };
    const found = outagesOf(completeness([[500, 600, refused]]), { ...now, silence });
    expect(found).toEqual([{ from_s: 500, to_s: 700, reason: refused, kind: 'silent' }]);
  });

  it('adds one that began after the server was asked, once it is a gap', () => {
    const silence = { reason: refused, last_seen_ms: 650_000 };
    const known = completeness([[100, 200, refused]]);
    expect(outagesOf(known, { ...now, silence })[1]).toMatchObject({ from_s: 650, to_s: 700 });
    expect(outagesOf(known, { ...now, now_s: 670, silence })).toHaveLength(1);
  });
});

describe('which outage', () => {
  const all = outages([0, 500, notYetAdded], [520, 530, absent], [540, 580, refused]);

  it('is told of a stretch is the one that fills most of it', () => {
    expect(outageWithin(all, 525, 600)?.reason).toBe(refused);
    expect(outageWithin(all, 515, 545)?.reason).toBe(absent);
    expect(outageWithin(all, 590, 600)).toBeNull();
  });

  it('was the longest does not count the time before the computer was added', () => {
    expect(longestOutage(all)?.reason).toBe(refused);
    expect(longestOutage(all.slice(0, 1))).toBeNull();
  });
});

describe('uptimeShare', () => {
  it('leaves out what nobody watched', () => {
    const all = outages([0, 200, notYetAdded], [300, 400, absent], [500, 600, refused]);
    expect(uptimeShare(all, 0, 700)).toBeCloseTo(0.75);
  });

  it('is unknown where nobody watched at all', () => {
    expect(uptimeShare(outages([0, 700, absent]), 0, 700)).toBeNull();
    expect(uptimeShare([], 0, 700)).toBe(1);
  });
});

describe('hatched', () => {
  it('joins what overlaps, and leaves the time before the computer was added blank', () => {
    const all = outages([0, 50, notYetAdded], [100, 200, refused], [200, 250, absent]);
    expect(
      hatched(all, [
        { from_s: 240, to_s: 300 },
        { from_s: 400, to_s: 410 },
      ]),
    ).toEqual([
      { from_s: 100, to_s: 300 },
      { from_s: 400, to_s: 410 },
    ]);
  });
});
