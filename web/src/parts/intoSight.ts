// Scrolling to a row of a long list, wherever on the page the list knows it to be.

/** Scrolls no further than it must for a stretch of the screen to be in sight, below what sticks to its top. */
export function scrollIntoSight(top_px: number, height_px: number, stickyTop_px: number): void {
  const above_px = top_px - stickyTop_px;
  const below_px = top_px + height_px - window.innerHeight;
  if (above_px < 0) window.scrollBy(0, above_px);
  else if (below_px > 0) window.scrollBy(0, below_px);
}
