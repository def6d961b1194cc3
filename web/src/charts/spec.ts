// What a chart shows: lines made of series, in one unit, on the axis that all charts share.

import type { Limits } from '../api/types';
import type { Unit } from './units';

/** The name of a colour in tokens.css, without the leading dashes. */
export type Color = 'chart-first' | 'chart-second' | `chart-${number}` | 'chart-many';

export interface Line {
  /** The line's only series, or the numerator of a fraction. */
  series: string;
  /** If set, the line is `series` as a percentage of their sum. */
  of?: string[];
  /** A counter is drawn as a rate per second. */
  isCounter?: boolean;
  /** Empty if the chart has only this line. */
  label: string;
  color: Color;
  /** Distinguishes lines without colour, where there are too few colours. */
  isDashed?: boolean;
}

export interface ChartSpec {
  key: string;
  title: string;
  unit: Unit;
  /** Explains the values where that is needed. */
  means?: string;
  /** Lines, or a strip of rows shaded by value where there are too many lines to tell apart. */
  kind: 'lines' | 'strip';
  /** Above this limit the line has the colour of "needs attention". */
  limit: Extract<keyof Limits, `${string}_percent`> | null;
  /** The series whose newest value is the top of the value axis. */
  top?: string;
  lines: Line[];
}

/** The series that a chart draws. */
export const listSeries = ({ lines }: Pick<ChartSpec, 'lines'>): string[] => [
  ...new Set(lines.flatMap(({ series, of = [] }) => [series, ...of])),
];

/** Colours for many lines: the first six differ in colour, the next six are also dashed. */
export const colorsApart = 6;

export const lineColor = (index: number): Pick<Line, 'color' | 'isDashed'> => ({
  color: `chart-${(index % colorsApart) + 1}`,
  isDashed: Math.floor(index / colorsApart) % 2 === 1,
});
