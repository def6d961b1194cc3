import { describe, expect, it } from 'vitest';
import type { Completeness } from '../api/types';
import { hatched, missingOf, wasFilledIn } from './missing';

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
  outages: [],
});
const now = { now_s: 700, interval_s: 10, asked_s: 600, silence: null };
const missing = (...gaps: [number, number, string][]) => missingOf(completeness(gaps), now);

describe('missingOf', () => {
  it('tells silence from what nobody watched', () => {
    const found = missing(
      [0, 50, notYetAdded],
      [100, 200, absent],
      [220, 240, 'this server could not see: 6 of 20 computers failed at once'],
      [300, 400, refused],
    );
    expect(found.map(({ kind }) => kind)).toEqual([
      'unwatched',
      'unwatched',
      'unwatched',
      'silent',
    ]);
  });

  it('calls silence what turned out to be one', () => {
    const unknown = 'no answer was stored, and nobody knows why';
    const gaps: [number, number, string][] = [
      [100, 120, unknown],
      [120, 200, refused],
      [300, 340, unknown],
    ];
    const outages = [{ from: 120, to: 200, reason: refused, cause: null }];
    const found = missingOf({ ...completeness(gaps), outages }, now);
    expect(found.map(({ kind }) => kind)).toEqual(['silent', 'silent', 'unwatched']);
  });

  it('continues an outage that lasts up to now', () => {
    const silence = { reason: refused, last_seen_ms: 500_000 };
    const found = missingOf(completeness([[500, 600, refused]]), { ...now, silence });
    expect(found).toEqual([{ from_s: 500, to_s: 700, reason: refused, kind: 'silent' }]);
  });

  it('adds one that began after the server was asked, once it is a gap', () => {
    const silence = { reason: refused, last_seen_ms: 650_000 };
    const known = completeness([[100, 200, refused]]);
    expect(missingOf(known, { ...now, silence })[1]).toMatchObject({ from_s: 650, to_s: 700 });
    expect(missingOf(known, { ...now, now_s: 670, silence })).toHaveLength(1);
  });
});

describe('wasFilledIn', () => {
  const before = completeness([
    [0, 50, notYetAdded],
    [100, 200, refused],
    [300, 400, refused],
  ]);

  it('is true once a gap is closed', () => {
    expect(wasFilledIn(before, before)).toBe(false);
    expect(wasFilledIn(before, completeness([[100, 200, refused]]))).toBe(true);
    // A rest of it may stay, and what went on is the same one.
    expect(
      wasFilledIn(
        before,
        completeness([
          [110, 120, refused],
          [300, 500, refused],
        ]),
      ),
    ).toBe(false);
  });

  it('says nothing of what the span has left behind, nor of the time before the computer was added', () => {
    const later = { ...completeness([[300, 400, refused]]), from: 150 };
    expect(wasFilledIn(before, later)).toBe(false);
  });
});

describe('hatched', () => {
  it('joins what overlaps, and leaves the time before the computer was added blank', () => {
    const all = missing([0, 50, notYetAdded], [100, 200, refused], [200, 250, absent]);
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
