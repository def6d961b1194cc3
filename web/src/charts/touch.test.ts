import { describe, expect, it } from 'vitest';
import { zoomToFingers } from './touch';

const limits = { least_s: 10, latest_s: 10_000 };

describe('two fingers', () => {
  it('keep their moments under them', () => {
    // From 0 to 1000 s: two fingers at 400 and 600 s move apart to the edges.
    const stretch = zoomToFingers({ at: 0, moment_s: 400 }, { at: 1, moment_s: 600 }, limits);
    expect(stretch).toEqual({ from_s: 400, to_s: 600 });
    expect(zoomToFingers({ at: 1, moment_s: 600 }, { at: 0, moment_s: 400 }, limits)).toEqual(
      stretch,
    );
  });

  it('pan if their distance stays the same', () => {
    const stretch = zoomToFingers({ at: 0.5, moment_s: 400 }, { at: 0.7, moment_s: 600 }, limits);
    expect(stretch.from_s).toBeCloseTo(-100);
    expect(stretch.to_s).toBeCloseTo(900);
  });

  it('zoom no further than can be drawn, and never past now', () => {
    const close = zoomToFingers({ at: 0, moment_s: 500 }, { at: 1, moment_s: 502 }, limits);
    expect(close.to_s - close.from_s).toBe(10);
    const late = zoomToFingers({ at: 0, moment_s: 9_900 }, { at: 0.1, moment_s: 9_950 }, limits);
    expect(late).toEqual({ from_s: 9_500, to_s: 10_000 });
  });
});
