// Samples that were filled in later: readings that an agent kept while the server could not reach
// it.

import type uPlot from 'uplot';
import type { Buckets } from '../api/types';
import { themeColor } from './hatch';
import { gapFrom_intervals, type Plan } from './plan';
import type { Stretch } from './view';

/** Is 1 in filled-in samples and absent from all others. */
export const filledInSeries = 'sample.filled_in';

/**
 * The stretches of filled-in samples; buckets between two of them may be narrower than the
 * interval.
 */
export function findFilledIn(
  buckets: Buckets | undefined,
  { from_s, step_s }: Plan,
  interval_s: number,
): Stretch[] {
  const found: Stretch[] = [];
  buckets?.count.forEach((samples, bucket) => {
    if (samples === 0) return;
    const begin_s = from_s + bucket * step_s;
    const last = found.at(-1);
    if (last && begin_s - last.to_s < gapFrom_intervals * interval_s) last.to_s = begin_s + step_s;
    else found.push({ from_s: begin_s, to_s: begin_s + step_s });
  });
  return found;
}

/** Draws a thin line along the bottom of the plot. */
export function drawFilledIn(plot: uPlot, stretches: readonly Stretch[]): void {
  if (stretches.length === 0) return;
  const { ctx: context, bbox } = plot;
  const height = 2 * devicePixelRatio;
  const [begin, end] = [bbox.left, bbox.left + bbox.width];
  context.save();
  context.fillStyle = themeColor('--chart-filled');
  for (const { from_s, to_s } of stretches) {
    const left = Math.max(begin, plot.valToPos(from_s, 'x', true));
    const right = Math.min(end, plot.valToPos(to_s, 'x', true));
    if (right > left) context.fillRect(left, bbox.top + bbox.height - height, right - left, height);
  }
  context.restore();
}
