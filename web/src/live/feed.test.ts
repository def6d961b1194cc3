import { beforeEach, describe, expect, it } from 'vitest';
import type { Overview } from '../api/types';
import { Feed, type Update } from './feed';

const update = (seq: number): Update => ({ seq, computers: [], removed: [], blind: null });
const overview = (seq: number): Overview => ({
  seq,
  run: 'one',
  now_ms: 0,
  interval_s: 30,
  blind: null,
  computers: [],
});

describe('Feed', () => {
  let happened: string[];
  let feed: Feed;

  beforeEach(() => {
    happened = [];
    feed = new Feed({
      reload: () => happened.push('reload'),
      replace: ({ seq }) => happened.push(`replace ${seq}`),
      apply: ({ seq }) => happened.push(`apply ${seq}`),
    });
  });

  it('applies following updates and ignores included ones', () => {
    feed.load();
    feed.onOverview(overview(12));
    feed.onHello(12);
    for (const seq of [11, 12, 13, 13, 14]) feed.onUpdate(update(seq));
    expect(happened).toEqual(['reload', 'replace 12', 'apply 13', 'apply 14']);
  });

  it('keeps updates that arrive while the overview is being fetched', () => {
    feed.load();
    feed.onHello(12);
    for (const seq of [13, 14]) feed.onUpdate(update(seq));
    feed.onOverview(overview(13));
    expect(happened).toEqual(['reload', 'replace 13', 'apply 14']);
  });

  it('fetches again, once, if the overview is older than a stream that began meanwhile', () => {
    feed.load();
    feed.onHello(14);
    feed.onUpdate(update(15));
    feed.onOverview(overview(12));
    feed.onOverview(overview(14));
    expect(happened).toEqual(['reload', 'replace 12', 'reload', 'replace 14', 'apply 15']);
  });

  it('fetches again after a hole, once', () => {
    feed.load();
    feed.onOverview(overview(1));
    feed.onUpdate(update(3));
    feed.onUpdate(update(4));
    feed.onOverview(overview(4));
    expect(happened).toEqual(['reload', 'replace 1', 'reload', 'replace 4']);
  });

  it('fetches again if the stream does not start where the overview ended', () => {
    feed.load();
    feed.onOverview(overview(900));
    feed.onHello(2);
    expect(happened).toEqual(['reload', 'replace 900', 'reload']);
  });

  it('ignores numbers of another run of the server', () => {
    feed.load();
    feed.onOverview({ ...overview(5), run: 'one' });
    feed.onHello(5, 'one');
    expect(happened).toEqual(['reload', 'replace 5']);
    feed.onHello(5, 'two');
    expect(happened.at(-1)).toBe('reload');
    feed.onOverview({ ...overview(9), run: 'one' });
    feed.onOverview({ ...overview(6), run: 'two' });
    feed.onUpdate(update(7));
    expect(happened.slice(-4)).toEqual(['replace 9', 'reload', 'replace 6', 'apply 7']);
  });

  it('tries again after a failed fetch', () => {
    feed.load();
    feed.onLoadFailed();
    feed.onUpdate(update(7));
    expect(happened).toEqual(['reload', 'reload']);
  });
});
