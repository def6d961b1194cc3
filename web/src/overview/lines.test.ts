import { describe, expect, it } from 'vitest';
import { listHeight_px, lineOffset_px, linesBetween, type Shape } from './lines';

const table: Shape = { counts: [10_000], perLine: 1, line_px: 40, heading_px: 0 };
const grouped: Shape = { counts: [3, 100, 2], perLine: 1, line_px: 40, heading_px: 56 };
const cards: Shape = { counts: [3, 9], perLine: 4, line_px: 200, heading_px: 56 };
const slots = 40;
const firsts = (from_px: number, to_px: number, shape: Shape) =>
  linesBetween(from_px, to_px, slots, shape).lines.map(({ section, first }) => [section, first]);

describe('the lines in sight', () => {
  it('are few at any scroll position', () => {
    const { top_px, lines } = linesBetween(200_000, 200_900, slots, table);
    expect(top_px).toBe(200_000);
    expect(lines.length).toBe(23);
    expect(lines[0]).toEqual({ slot: 'r0', section: 0, first: 5_000, number: 5_000 });
    expect(linesBetween(399_900, 401_000, slots, table).lines.at(-1)!.first).toBe(9_999);
    expect(linesBetween(-500, 90, slots, table).lines.map(({ first }) => first)).toEqual([0, 1, 2]);
  });

  it('keep their slots while visible, and share none', () => {
    const before = linesBetween(4_000, 5_000, slots, table).lines;
    const after = linesBetween(4_400, 5_400, slots, table).lines;
    const slotOf = new Map(before.map(({ first, slot }) => [first, slot]));
    const stayed = after.filter(({ first }) => slotOf.has(first));
    expect(stayed.length).toBeGreaterThan(10);
    for (const { first, slot } of stayed) expect(slot).toBe(slotOf.get(first));
    expect(new Set(after.map(({ slot }) => slot)).size).toBe(after.length);
  });

  it('have headings between sections', () => {
    expect(firsts(0, 280, grouped)).toEqual([
      [0, -1],
      [0, 0],
      [0, 1],
      [0, 2],
      [1, -1],
      [1, 0],
      [1, 1],
    ]);
    const end = linesBetween(listHeight_px(grouped) - 100, listHeight_px(grouped), slots, grouped);
    expect(end.lines.map(({ section, first }) => [section, first])).toEqual([
      [2, -1],
      [2, 0],
      [2, 1],
    ]);
    expect(end.lines.map(({ number }) => number)).toEqual([105, 106, 107]);
    expect(end.top_px).toBe(lineOffset_px(2, 0, grouped) - 56);
  });

  it('hold several cards', () => {
    expect(listHeight_px(cards)).toBe(56 + 200 + 56 + 3 * 200);
    expect(lineOffset_px(1, 7, cards)).toBe(56 + 200 + 56 + 200);
    expect(firsts(300, 520, cards)).toEqual([
      [1, -1],
      [1, 0],
      [1, 4],
    ]);
  });

  it('are empty for an empty list', () => {
    expect(linesBetween(0, 900, slots, { ...table, counts: [0] }).lines).toEqual([]);
    expect(linesBetween(5_000, 6_000, slots, { ...table, counts: [3] }).lines).toEqual([]);
  });
});
