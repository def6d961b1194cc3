import { describe, expect, it } from 'vitest';
import { clampStretch, zoomIn, shiftView, viewToQuery, resolveStretch, parseView } from './view';

const now_s = 1_000_000;
const hour_s = 3600;
const read = (query: string) => parseView(new URLSearchParams(query));

describe('the address', () => {
  it('holds a span, or a stretch between two moments', () => {
    expect(read('span=day')).toEqual({ span: 'day' });
    expect(read('from=100&to=200')).toEqual({ from_s: 100, to_s: 200 });
    expect(read('')).toBeNull();
  });

  it('is ignored if invalid', () => {
    for (const query of ['span=eon', 'from=200&to=100', 'from=1', 'from=x&to=2', 'from=&to=9'])
      expect(read(query)).toBeNull();
    expect(read('from=-1&to=9&span=hour')).toEqual({ span: 'hour' });
  });

  it('survives a round trip', () => {
    for (const view of [{ span: 'week' } as const, { from_s: 5, to_s: 10 }]) {
      const query = Object.entries(viewToQuery(view)).filter(([, value]) => value !== null);
      expect(parseView(new URLSearchParams(query as [string, string][]))).toEqual(view);
    }
  });
});

describe('moving', () => {
  const live = resolveStretch({ span: 'hour' }, { from_s: 0, to_s: 0 }, now_s);

  it('shifts by one length, and returns to the span that ends now', () => {
    const before = shiftView(live, -1, now_s);
    expect(before).toEqual({ from_s: now_s - 2 * hour_s, to_s: now_s - hour_s });
    expect(shiftView(before as typeof live, 1, now_s)).toEqual({ span: 'hour' });
    expect(shiftView(before as typeof live, 1, now_s + 5)).toMatchObject({ to_s: now_s });
  });

  it('never passes now', () => {
    expect(shiftView({ from_s: now_s - 150, to_s: now_s - 50 }, 1, now_s)).toEqual({
      from_s: now_s - 100,
      to_s: now_s,
    });
  });
});

describe('zooming', () => {
  it('halves around a moment, within what is shown', () => {
    expect(zoomIn({ from_s: 0, to_s: 100 }, 50)).toEqual({ from_s: 25, to_s: 75 });
    expect(zoomIn({ from_s: 0, to_s: 100 }, 99)).toEqual({ from_s: 50, to_s: 100 });
  });

  it('stays within what can be drawn', () => {
    expect(clampStretch({ from_s: 100.4, to_s: 100.6 }, 30, now_s)).toEqual({
      from_s: 86,
      to_s: 116,
    });
    expect(clampStretch({ from_s: now_s - 4, to_s: now_s + 6 }, 30, now_s).to_s).toBe(now_s);
  });
});
