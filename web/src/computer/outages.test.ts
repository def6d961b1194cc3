import { describe, expect, it } from 'vitest';
import { findMissing } from './missing';
import { formatOutage } from './formatOutage';
import {
  briefWithin,
  isEventMissing,
  longestGap,
  findOutages,
  outageWithin,
  uptimeShare,
} from './outages';
import {
  completeness,
  testOutage,
  reason,
  type GapTuple,
  type OutageTuple,
} from './testCompleteness';

const refused = 'connection_refused';
const absent = 'server_not_running';
const notYetAdded = 'not_yet_added';

const now = { now_s: 700, interval_s: 10, asked_s: 600, down: null };
const outages = (...gaps: GapTuple[]) => findOutages(completeness(gaps), now);

describe('findOutages', () => {
  const found = (gaps: GapTuple[], ...all: OutageTuple[]) =>
    findOutages({ ...completeness(gaps), outages: all.map(testOutage) }, now);

  it('joins a gap with the outage that caused it', () => {
    expect(found([[100, 200, refused]], [110, 199, refused, 'rebooted_cleanly'])).toEqual([
      {
        ...{ from_s: 100, to_s: 200, ...reason(refused), kind: 'down', isFilled: false },
        cause: reason('rebooted_cleanly'),
      },
    ]);
    const twice = found(
      [
        [100, 200, refused],
        [200, 300, 'no_route'],
      ],
      [110, 299, refused],
    );
    expect(twice).toHaveLength(1);
    expect(twice[0]).toMatchObject({ from_s: 100, to_s: 300, reason_code: refused });
  });

  it('keeps a gap apart from an outage that ended with its first sample', () => {
    const two = found([[199.9, 300, refused]], [100, 200, refused], [210, 300, refused]);
    expect(two.map(({ from_s, to_s }) => [from_s, to_s])).toEqual([
      [100, 200],
      [199.9, 300],
    ]);
  });

  it('distinguishes filled-in outages from gaps and from outages too short for a gap', () => {
    const all = found(
      [
        [300, 400, refused],
        [500, 540, absent],
      ],
      [100, 200, refused],
      [220, 240, refused],
      [310, 399, refused],
      [510, 560, refused],
    );
    expect(all.map(({ from_s, isFilled }) => [from_s, isFilled])).toEqual([
      [100, true],
      [220, false],
      [300, false],
      [500, false],
      [510, false],
    ]);
  });

  it('keeps an outage between two polls apart, unless it explains a gap', () => {
    const [brief] = found([], [150, 150, null, 'rebooted']);
    expect(brief).toMatchObject({ from_s: 150, to_s: 150, isFilled: false });
    expect(found([[100, 150, 'unknown']], [150, 150, null, 'rebooted'])).toEqual([
      {
        ...{ from_s: 100, to_s: 150, ...reason(null), kind: 'down', isFilled: false },
        cause: reason('rebooted'),
      },
    ]);
  });

  it('does not count a removal as an outage', () => {
    const removed = 'removed_and_restored';
    const kinds = (all: ReturnType<typeof found>) =>
      all.map(({ from_s, to_s, kind, reason_code }) => [from_s, to_s, kind, reason_code]);
    expect(kinds(found([], [152, 153, removed]))).toEqual([[152, 153, 'unwatched', removed]]);
    // Then it failed to answer, which the outage that began earlier does not cover.
    const gaps: GapTuple[] = [
      [150, 200, removed],
      [200, 300, refused],
    ];
    expect(kinds(found(gaps, [152, 300, removed]))).toEqual([
      [150, 200, 'unwatched', removed],
      [200, 300, 'down', refused],
    ]);
    const [filled] = found([], [100, 200, removed]);
    expect(filled!.isFilled).toBe(false);
    expect(formatOutage(filled!, 1_000_000)).toBe('removed 00:01:40, brought back 00:03:20');
  });

  it('extends ongoing outages up to now, within the requested span', () => {
    expect(found([], [580, null, refused])[0]).toMatchObject({ to_s: 600, isFilled: false });
    const down = { ...reason(refused), last_seen_ms: 570_000 };
    const lasting = { ...completeness([]), outages: [testOutage([580, null, refused])] };
    expect(findOutages(lasting, { ...now, down })).toEqual([
      {
        ...{ from_s: 570, to_s: 700, ...reason(refused), kind: 'down', isFilled: false },
        cause: null,
      },
    ]);
  });
});

describe('which outage', () => {
  const all = outages([0, 500, notYetAdded], [520, 530, absent], [540, 580, refused]);

  it('represents a stretch is the one that covers most of it', () => {
    expect(outageWithin(all, 525, 600)?.reason_code).toBe(refused);
    expect(outageWithin(all, 515, 545)?.reason_code).toBe(absent);
    expect(outageWithin(all, 590, 600)).toBeNull();
  });

  it('was the longest gap does not count the time before the computer was added', () => {
    const missing = findMissing(
      completeness([
        [0, 500, notYetAdded],
        [540, 580, refused],
      ]),
      now,
    );
    expect(longestGap(missing)?.reason_code).toBe(refused);
    expect(longestGap(missing.slice(0, 1))).toBeNull();
  });

  it('was over before a poll could fail', () => {
    const outages = [testOutage([20, 20, null, 'rebooted'])];
    const [brief] = findOutages({ ...completeness([]), outages }, now);
    expect(briefWithin([brief!], 10, 30)).toBe(brief);
    expect(briefWithin([brief!], 25, 30)).toBeNull();
  });
});

describe('uptimeShare', () => {
  it('ignores unwatched time', () => {
    const all = outages([0, 200, notYetAdded], [300, 400, absent], [500, 600, refused]);
    expect(uptimeShare(all, 0, 700)).toBeCloseTo(0.75);
  });

  it('counts filled-in outages, but no outage in unwatched time', () => {
    const filled = testOutage([500, 600, refused]);
    const known = { ...completeness([[550, 600, absent]]), outages: [filled] };
    expect(uptimeShare(findOutages(known, now), 0, 650)).toBeCloseTo(1 - 50 / 600);
  });

  it('is unknown if nothing was watched', () => {
    expect(uptimeShare(outages([0, 700, absent]), 0, 700)).toBeNull();
    expect(uptimeShare([], 0, 700)).toBe(1);
  });
});

describe('isEventMissing', () => {
  const lasting = testOutage([640, null, refused]);
  const over = testOutage([640, 650, refused, 'rebooted_cleanly']);
  const asked = (asked_s: number) => ({ now_s: 660, interval_s: 10, asked_s });
  const since = (status: 'online' | 'offline', since_s: number) => ({
    status,
    since_ms: since_s * 1000,
  });

  it('is true for an outage missing from the response', () => {
    expect(isEventMissing(since('offline', 640), [], asked(641))).toBe(true);
    expect(isEventMissing(since('offline', 640), [lasting], asked(641))).toBe(false);
    expect(isEventMissing(since('offline', 500), [], asked(641))).toBe(false);
  });

  it('is true for a missing end of an outage and its cause', () => {
    expect(isEventMissing(since('online', 650), [lasting], asked(659))).toBe(true);
    expect(isEventMissing(since('online', 650), [], asked(651))).toBe(true);
    expect(isEventMissing(since('online', 650), [over], asked(656))).toBe(false);
  });
});
