// Scrolls to a row of a long list, at the position that the list calculates.

/**
 * Scrolls the minimum distance to make a stretch of the page visible below the sticky elements at
 * its top.
 */
export function scrollIntoSight(top_px: number, height_px: number, stickyTop_px: number): void {
  const above_px = top_px - stickyTop_px;
  const below_px = top_px + height_px - window.innerHeight;
  if (above_px < 0) window.scrollBy(0, above_px);
  else if (below_px > 0) window.scrollBy(0, below_px);
}
