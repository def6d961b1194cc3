// Computes which lines of a long list in sections are visible, in pixels. A line holds one row or
// several cards; a section may have a heading above its lines.

export interface Shape {
  /** The number of entries in each section. */
  counts: readonly number[];
  perLine: number;
  line_px: number;
  /** 0 if sections have no headings. */
  heading_px: number;
}

export interface Line {
  /** The line's element: a new line reuses the element of the line that it replaces. */
  slot: string;
  section: number;
  /** The index of its first entry; -1 for a heading. */
  first: number;
  /** Its index in the whole list, including headings. */
  number: number;
}

export interface Window {
  top_px: number;
  lines: Line[];
}

const linesIn = (count: number, perLine: number) => Math.ceil(count / perLine);

const heightOfSection = (count: number, { perLine, line_px, heading_px }: Shape) =>
  heading_px + linesIn(count, perLine) * line_px;

export const listHeight_px = (shape: Shape): number =>
  shape.counts.reduce((sum, count) => sum + heightOfSection(count, shape), 0);

/** The distance of an entry's line from the top. */
export function lineOffset_px(section: number, index: number, shape: Shape): number {
  const before = listHeight_px({ ...shape, counts: shape.counts.slice(0, section) });
  return before + shape.heading_px + Math.floor(index / shape.perLine) * shape.line_px;
}

/**
 * The lines between two heights. `slots` is the number of elements to fill: at least as many as
 * lines can be visible at once.
 */
export function linesBetween(from_px: number, to_px: number, slots: number, shape: Shape): Window {
  const { counts, perLine, line_px, heading_px } = shape;
  const lines: Line[] = [];
  let top_px = 0;
  let y_px = 0;
  let number = 0;
  /** Counts lines without headings, so that a heading does not change any row's slot. */
  let filled = 0;
  const add = (line: Omit<Line, 'number'>, line_y_px: number) => {
    if (lines.length === 0) top_px = line_y_px;
    lines.push({ ...line, number });
  };
  for (const [section, count] of counts.entries()) {
    if (y_px > to_px) break;
    const all = linesIn(count, perLine);
    if (heading_px > 0) {
      if (y_px + heading_px > from_px) add({ slot: `h${section}`, section, first: -1 }, y_px);
      y_px += heading_px;
      number += 1;
    }
    const start = Math.min(all, Math.max(0, Math.floor((from_px - y_px) / line_px)));
    const end = Math.min(all, Math.max(0, Math.ceil((to_px - y_px) / line_px)));
    const before = number;
    for (let line = start; line < end; line += 1) {
      number = before + line;
      const slot = `r${(filled + line) % slots}`;
      add({ slot, section, first: line * perLine }, y_px + line * line_px);
    }
    number = before + all;
    filled += all;
    y_px += all * line_px;
  }
  return { top_px, lines };
}
