// The look of a chart, as uPlot takes it: a 1.5 px line, a faint min–max band, grid lines that one
// has to look for, gaps hatched, percentages always from 0 to 100.

import type uPlot from 'uplot';
import { clockTime, dayName, rate, say } from '../format';
import { text } from '../text';
import type { ChartSpec, Color } from './charts';
import { css, drawGaps } from './hatch';
import type { Gap } from './history';

const font = () => `12px ${css('--font')}`;

/** Each line is three series to uPlot: the band's upper and lower edge, and the average. */
export const seriesPerLine = 3;

/** What the value axis takes of a chart's width, on its left. */
export const axisWidth_px = (width_px: number): number => (width_px < 500 ? 60 : 72);

export interface PlotOptions {
  spec: ChartSpec;
  width_px: number;
  height_px: number;
  /** Whether the time axis below is labelled: only that of the lowest chart is. */
  times: boolean;
  range_s: () => [number, number];
  gaps: () => Gap[];
  onCursor: (index: number | null) => void;
  onSelect: (from_s: number, to_s: number) => void;
  onDoubleClick: () => void;
}

const dayBegins = (moment_s: number): boolean => {
  const date = new Date(moment_s * 1000);
  return date.getHours() === 0 && date.getMinutes() === 0;
};

function timeAxis(times: boolean): uPlot.Axis {
  return {
    stroke: css('--ink-faint'),
    font: font(),
    size: times ? 28 : 6,
    space: 90,
    gap: 6,
    ticks: { show: false },
    grid: { stroke: css('--chart-grid'), width: 1 },
    values: (plot, moments_s) =>
      moments_s.map((moment_s) => {
        // A label that the edge would cut says less than none.
        const room_px = plot.bbox.width / devicePixelRatio - plot.valToPos(moment_s, 'x');
        if (!times || room_px < 18) return '';
        return dayBegins(moment_s) ? dayName(moment_s * 1000) : clockTime(moment_s * 1000);
      }),
  };
}

function valueAxis(spec: ChartSpec): uPlot.Axis {
  const percent = spec.unit === 'percent';
  return {
    stroke: css('--ink-faint'),
    font: font(),
    size: (plot) => axisWidth_px(plot.width),
    gap: 8,
    space: 34,
    ticks: { show: false },
    grid: { stroke: css('--chart-grid'), width: 1 },
    ...(percent ? { splits: () => [0, 50, 100] } : {}),
    values: (_, values) =>
      values.map((value) => {
        if (value === 0) return '0';
        return percent ? `${value} ${text.units.percent}` : say(rate(value));
      }),
  };
}

/** The line's own colour below the threshold, and that of trouble above it. */
function stroke(color: Color, trouble_percent: number | null) {
  const plain = css(`--chart-${color}`);
  if (trouble_percent === null) return plain;
  const trouble = css('--trouble-bar');
  return (plot: uPlot) => {
    const { top, height } = plot.bbox;
    const limit = (plot.valToPos(trouble_percent, 'y', true) - top) / height;
    if (!Number.isFinite(limit)) return plain;
    const stop = Math.min(1, Math.max(0, limit));
    const gradient = plot.ctx.createLinearGradient(0, top, 0, top + height);
    for (const [at, value] of [
      [0, trouble],
      [stop, trouble],
      [stop, plain],
      [1, plain],
    ] as const)
      gradient.addColorStop(at, value);
    return gradient;
  };
}

/** A value between two gaps has no line to be seen by, and gets a dot. */
const alone: uPlot.Series.Points.Filter = (plot, series) => {
  const values = Array.from<number | null | undefined>(plot.data[series]!);
  return values.flatMap((value, index) =>
    value != null && values[index - 1] == null && values[index + 1] == null ? [index] : [],
  );
};

function seriesOf({ lines, trouble_percent }: ChartSpec): uPlot.Series[] {
  return lines.flatMap(({ color }) => [
    { points: { show: false }, width: 0 },
    { points: { show: false }, width: 0 },
    {
      stroke: stroke(color, trouble_percent),
      width: 1.5,
      points: { show: true, size: 4, fill: css(`--chart-${color}`), filter: alone },
    },
  ]);
}

function select(plot: uPlot, onSelect: PlotOptions['onSelect']): void {
  const { left, width } = plot.select;
  if (width === 0) return;
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  onSelect(plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x'));
}

export function plotOptions(options: PlotOptions): uPlot.Options {
  const { spec, width_px, height_px } = options;
  const isAverage = (series: number) => series % seriesPerLine === 0;
  return {
    width: width_px,
    height: height_px,
    padding: [6, 0, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      // What is dragged over is not a scale of this chart, but another stretch for all of them.
      drag: { x: true, y: false, setScale: false, dist: 8 },
      bind: {
        dblclick: () => () => {
          options.onDoubleClick();
          return null;
        },
      },
      points: {
        size: (_, series) => (isAverage(series) ? 6 : 0),
        width: 0,
        fill: (_, series) =>
          css(`--chart-${spec.lines[series / seriesPerLine - 1]?.color ?? 'first'}`),
      },
    },
    scales: {
      x: { time: true, range: () => options.range_s() },
      y: {
        range: (_, __, most) =>
          spec.unit === 'percent' ? [0, 100] : [0, Math.max(1_000, (most ?? 0) * 1.1)],
      },
    },
    axes: [timeAxis(options.times), valueAxis(spec)],
    series: [{}, ...seriesOf(spec)],
    bands: spec.lines.map(({ color }, line) => ({
      series: [line * seriesPerLine + 1, line * seriesPerLine + 2],
      fill: css(`--chart-${color}-band`),
    })),
    hooks: {
      drawClear: [(plot) => drawGaps(plot, options.gaps())],
      setSelect: [(plot) => select(plot, options.onSelect)],
      setCursor: [(plot) => options.onCursor(plot.cursor.idx ?? null)],
    },
  };
}
