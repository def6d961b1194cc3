import { describe, expect, it } from 'vitest';
import { indexesAtPixels, stripHeight_px } from './strip';

describe('a strip', () => {
  it('shows the nearest value in each column, and nothing beyond the last one', () => {
    const shown = indexesAtPixels([5, 15, 25], { from_s: 0, to_s: 50 }, 10);
    expect([...shown]).toEqual([0, 0, 1, 1, 2, 2, -1, -1, -1, -1]);
  });

  it('follows moments that lie closer at the end', () => {
    const shown = indexesAtPixels([10, 30, 31, 32], { from_s: 20, to_s: 33 }, 13);
    expect([...shown].slice(-4)).toEqual([1, 2, 3, -1]);
  });

  it('keeps a reasonable height', () => {
    expect(stripHeight_px(8)).toBe(80);
    expect(stripHeight_px(128)).toBe(256);
    expect(stripHeight_px(1024)).toBe(384);
  });
});
