// Hatches gaps on the background of a chart.

import type uPlot from 'uplot';
import type { Gap } from './history';

/** A colour of the theme, for a canvas. */
export const themeColor = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function hatching(ratio: number): HTMLCanvasElement {
  const tile = document.createElement('canvas');
  const side = Math.round(6 * ratio);
  tile.width = tile.height = side;
  const context = tile.getContext('2d')!;
  context.strokeStyle = themeColor('--chart-gap');
  context.lineWidth = ratio;
  context.beginPath();
  for (const shift of [-side, 0, side]) {
    context.moveTo(shift, side);
    context.lineTo(shift + side, 0);
  }
  context.stroke();
  return tile;
}

export function drawGaps(plot: uPlot, gaps: Gap[]): void {
  const { ctx: context, bbox } = plot;
  const pattern = context.createPattern(hatching(devicePixelRatio), 'repeat');
  if (!pattern || gaps.length === 0) return;
  context.save();
  context.beginPath();
  context.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  context.clip();
  context.fillStyle = pattern;
  for (const { from_s, to_s } of gaps) {
    const left = plot.valToPos(from_s, 'x', true);
    const width = Math.max(devicePixelRatio, plot.valToPos(to_s, 'x', true) - left);
    context.fillRect(left, bbox.top, width, bbox.height);
  }
  context.restore();
}
