// Many percentage lines as a strip: one row for each line, stronger for higher values. That keeps a
// hundred cores readable and costs one image per frame.

import type uPlot from 'uplot';
import type { Values } from './drawn';
import { themeColor } from './hatch';
import type { Stretch } from './view';

/** Rows of whole pixels, as high as the space allows. */
export function stripHeight_px(rows: number): number {
  const row_px = rows <= 12 ? 10 : rows <= 24 ? 7 : rows <= 64 ? 4 : 2;
  return Math.min(384, Math.max(60, rows * row_px));
}

/** The colours of 0 to 100 per cent, one pixel each. */
function ramp(): Uint32Array {
  const tile = document.createElement('canvas');
  tile.width = 101;
  tile.height = 1;
  const context = tile.getContext('2d', { willReadFrequently: true })!;
  const gradient = context.createLinearGradient(0, 0, 101, 0);
  gradient.addColorStop(0, themeColor('--strip-least'));
  gradient.addColorStop(1, themeColor('--strip-most'));
  context.fillStyle = gradient;
  context.fillRect(0, 0, 101, 1);
  return new Uint32Array(context.getImageData(0, 0, 101, 1).data.buffer);
}

/** The index of the value that each column of pixels shows; -1 beyond the last one. */
export function indexesAtPixels(
  moments_s: ArrayLike<number>,
  { from_s, to_s }: Stretch,
  columns: number,
): Int32Array {
  const shown = new Int32Array(columns).fill(-1);
  const last = moments_s.length - 1;
  const reach_s = (one: number, other: number) =>
    Math.abs((moments_s[one] ?? 0) - (moments_s[other] ?? 0)) / 2;
  const begin_s = moments_s[0]! - reach_s(0, 1);
  const end_s = moments_s[last]! + reach_s(last, last - 1);
  let index = 0;
  for (let column = 0; column < columns; column += 1) {
    const moment_s = from_s + ((column + 0.5) / columns) * (to_s - from_s);
    while (index < last && moments_s[index + 1]! - moment_s <= moment_s - moments_s[index]!)
      index += 1;
    if (moment_s >= begin_s && moment_s < end_s) shown[column] = index;
  }
  return shown;
}

export function paintStrip(plot: uPlot): void {
  const { ctx: context, bbox } = plot;
  const rows = plot.data.slice(1) as unknown as Values[];
  const columns = Math.round(bbox.width);
  if (rows.length === 0 || columns <= 0 || plot.data[0].length === 0) return;
  const tile = document.createElement('canvas');
  tile.width = columns;
  tile.height = rows.length;
  const tileContext = tile.getContext('2d')!;
  const image = tileContext.createImageData(columns, rows.length);
  const colors = ramp();
  const { min, max } = plot.scales.x!;
  const shown = indexesAtPixels(plot.data[0], { from_s: min!, to_s: max! }, columns);
  const pixels = new Uint32Array(image.data.buffer);
  rows.forEach((values, row) => {
    for (let column = 0; column < columns; column += 1) {
      const value = shown[column]! < 0 ? null : values[shown[column]!];
      if (value == null) continue;
      pixels[row * columns + column] = colors[Math.round(Math.min(100, Math.max(0, value)))]!;
    }
  });
  tileContext.putImageData(image, 0, 0);
  context.save();
  context.imageSmoothingEnabled = false;
  context.drawImage(tile, bbox.left, bbox.top, bbox.width, bbox.height);
  context.restore();
}
