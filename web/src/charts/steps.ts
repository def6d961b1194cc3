// Keys that move the crosshair from moment to moment.

/**
 * The index of the moment that a key leads to; null to clear the crosshair, undefined for other
 * keys.
 */
export function stepCrosshair(
  key: string,
  index: number | null,
  last: number,
  stride: number,
): number | null | undefined {
  const from = index ?? last + 1;
  const within = (number: number) => Math.min(last, Math.max(0, number));
  if (key === 'ArrowLeft') return within(from - stride);
  if (key === 'ArrowRight') return within(from + stride);
  if (key === 'Home') return 0;
  if (key === 'End') return last;
  return key === 'Escape' && index !== null ? null : undefined;
}
