// Computes the visible rows of a long list. All rows have the same height, but one may be open and
// taller: its usual height plus `openExtra_px`.

export interface ListShape {
  count: number;
  rowHeight_px: number;
  /** -1 if no row is open. */
  openIndex: number;
  openExtra_px: number;
}

export interface RowRange {
  start: number;
  /** Exclusive. */
  end: number;
}

export const listHeight_px = ({
  count,
  rowHeight_px,
  openIndex,
  openExtra_px,
}: ListShape): number => count * rowHeight_px + (openIndex >= 0 ? openExtra_px : 0);

export const rowOffset_px = (index: number, { rowHeight_px, openIndex, openExtra_px }: ListShape) =>
  index * rowHeight_px + (openIndex >= 0 && openIndex < index ? openExtra_px : 0);

function indexAt(y_px: number, { rowHeight_px, openIndex, openExtra_px }: ListShape): number {
  const openEnd_px = (openIndex + 1) * rowHeight_px + openExtra_px;
  if (openIndex < 0 || y_px < openIndex * rowHeight_px) return Math.floor(y_px / rowHeight_px);
  return y_px < openEnd_px ? openIndex : Math.floor((y_px - openExtra_px) / rowHeight_px);
}

/**
 * The rows between two heights, plus some on either side, so that a quick scroll shows rows and no
 * blank space. Start indexes are even, so that scrolling by one row redraws only every second time.
 */
export function rowsBetween(top_px: number, bottom_px: number, shape: ListShape): RowRange {
  const spare = 8;
  const first = Math.max(0, indexAt(Math.max(0, top_px), shape) - spare);
  const last = indexAt(Math.max(0, bottom_px), shape) + spare;
  const start = Math.min(first - (first % 2), Math.max(0, shape.count - 1));
  return { start, end: Math.max(start, Math.min(shape.count, last + 1)) };
}
