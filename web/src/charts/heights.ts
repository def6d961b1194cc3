// The heights of a chart and its parts.

import type { ChartSpec } from './spec';
import { stripHeight_px } from './strip';

/** Height of the title line above a plot. */
export const titleHeight_px = 26;
/** Height of a labelled time axis. */
export const timesHeight_px = 22;

/** Height below a plot's lowest value: its time axis. */
export const axisHeight_px = (times: boolean): number => (times ? timesHeight_px + 6 : 6);

export const chartHeight_px = ({ kind, lines }: Pick<ChartSpec, 'kind' | 'lines'>): number =>
  kind === 'strip' ? stripHeight_px(lines.length) + 12 : 112;
