// What a chart shows: lines made of series, in one unit, on the axis that all charts share.

import type { Limits } from '../api/types';
import type { Unit } from './units';

/** The name of a colour in tokens.css, without its dashes. */
export type Color = 'chart-first' | 'chart-second' | `chart-${number}` | 'chart-many';

export interface Line {
  /** Its only series, or the upper part of a fraction. */
  series: string;
  /** Where they are there, the line is `series` in per cent of their sum. */
  of?: string[];
  /** A counter is drawn as what it gains each second. */
  isCounter?: boolean;
  /** Empty where the chart has but this line. */
  label: string;
  color: Color;
  /** Told apart without colour, where colours alone would not do. */
  isDashed?: boolean;
}

export interface ChartSpec {
  key: string;
  title: string;
  unit: Unit;
  /** What its values mean, where that is not plain. */
  means?: string;
  /** Lines; or a strip of rows as light or as dark as their values, where lines would be a tangle. */
  kind: 'lines' | 'strip';
  /** From this limit on the line is drawn in the colour of what needs attention. */
  limit: Extract<keyof Limits, `${string}_percent`> | null;
  /** The series whose newest value is the top of the chart. */
  top?: string;
  lines: Line[];
}

/** The series that a chart is drawn from. */
export const seriesOf = ({ lines }: Pick<ChartSpec, 'lines'>): string[] => [
  ...new Set(lines.flatMap(({ series, of = [] }) => [series, ...of])),
];

/** Colours of many lines; six tell themselves apart, and the next six are dashed beside. */
export const colorsApart = 6;

export const colorOf = (index: number): Pick<Line, 'color' | 'isDashed'> => ({
  color: `chart-${(index % colorsApart) + 1}`,
  isDashed: Math.floor(index / colorsApart) % 2 === 1,
});
