import { describe, expect, it } from 'vitest';
import { joinGaps, findMissing, wasFilledIn } from './missing';
import { completeness, testOutage, reason, type GapTuple } from './testCompleteness';

const refused = 'connection_refused';
const absent = 'server_not_running';
const notYetAdded = 'not_yet_added';

const now = { now_s: 700, interval_s: 10, asked_s: 600, down: null };
const missing = (...gaps: GapTuple[]) => findMissing(completeness(gaps), now);

describe('findMissing', () => {
  it('distinguishes downtime from unwatched time', () => {
    const found = missing(
      [0, 50, notYetAdded],
      [100, 200, absent],
      [220, 240, 'server_blind'],
      [250, 260, 'history_damaged'],
      [300, 400, refused],
    );
    expect(found.map(({ kind }) => kind)).toEqual([
      'unwatched',
      'unwatched',
      'unwatched',
      'unwatched',
      'down',
    ]);
  });

  it('counts a gap as down once an outage explains it', () => {
    const unknown = 'unknown';
    const gaps: GapTuple[] = [
      [100, 120, unknown],
      [120, 200, refused],
      [300, 340, unknown],
    ];
    const outages = [testOutage([120, 200, refused])];
    const found = findMissing({ ...completeness(gaps), outages }, now);
    expect(found.map(({ kind }) => kind)).toEqual(['down', 'down', 'unwatched']);
  });

  it('extends an ongoing outage up to now', () => {
    const down = { ...reason(refused), last_seen_ms: 500_000 };
    const found = findMissing(completeness([[500, 600, refused]]), { ...now, down });
    expect(found).toEqual([{ from_s: 500, to_s: 700, ...reason(refused), kind: 'down' }]);
  });

  it('adds an outage that began after the request, once it is a gap', () => {
    const down = { ...reason(refused), last_seen_ms: 650_000 };
    const known = completeness([[100, 200, refused]]);
    expect(findMissing(known, { ...now, down })[1]).toMatchObject({ from_s: 650, to_s: 700 });
    expect(findMissing(known, { ...now, now_s: 670, down })).toHaveLength(1);
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
    // Part of the gap may remain, and an outage that continues is the same one.
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

  it('ignores gaps outside the span and the time before the computer was added', () => {
    const later = { ...completeness([[300, 400, refused]]), from: 150 };
    expect(wasFilledIn(before, later)).toBe(false);
  });
});

describe('hatched', () => {
  it('joins overlapping gaps, and leaves the time before the computer was added blank', () => {
    const all = missing([0, 50, notYetAdded], [100, 200, refused], [200, 250, absent]);
    expect(
      joinGaps(all, [
        { from_s: 240, to_s: 300 },
        { from_s: 400, to_s: 410 },
      ]),
    ).toEqual([
      { from_s: 100, to_s: 300 },
      { from_s: 400, to_s: 410 },
    ]);
  });
});
