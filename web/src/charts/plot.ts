// The uPlot options of a chart: a 1.5 px line, a faint min–max band, barely visible grid lines,
// hatched gaps, percentages always from 0 to 100.

import type uPlot from 'uplot';
import { clockTime, clockTimeWithSeconds, dayName, formatQuantity } from '../format';
import { limits } from '../live/limits.svelte';
import { drawFilledIn } from './filledIn';
import { themeColor, drawGaps } from './hatch';
import { axisHeight_px } from './heights';
import type { Gap } from './history';
import { layOutColumns, type Column } from './layout';
import type { ChartSpec, Color } from './spec';
import { paintStrip } from './strip';
import { leastTop, formatValue } from './units';
import type { Stretch } from './view';

const font = () => `12px ${themeColor('--font')}`;

/** Width of the value axis on the left. */
export const axisWidth_px = (width_px: number): number => (width_px < 500 ? 60 : 72);

export interface PlotOptions {
  spec: ChartSpec;
  width_px: number;
  height_px: number;
  /** Whether the time axis has labels. */
  times: boolean;
  /** Whether the week before is drawn behind the lines. */
  before: boolean;
  axis: () => Stretch;
  /** The top of the value axis; null for the highest value. */
  top: () => number | null;
  gaps: () => Gap[];
  filledIn: () => Stretch[];
  onPoint: (moment_s: number | null) => void;
  /** Whether a pointer event may move the crosshair. */
  heeds: (event: MouseEvent) => boolean;
  onSelect: (from_s: number, to_s: number) => void;
  onDoubleClick: () => void;
  /** Called on each redraw, so that the crosshair stays at its moment. */
  onDraw: (plot: uPlot) => void;
  /** For charts that highlight a line: receives the line near the pointer, or null. */
  onFocus?: (line: number | null) => void;
}

const dayBegins = (moment_s: number): boolean => {
  const date = new Date(moment_s * 1000);
  return date.getHours() === 0 && date.getMinutes() === 0;
};

function timeLabel(moment_s: number, step_s: number): string {
  if (dayBegins(moment_s)) return dayName(moment_s * 1000);
  return (step_s < 60 ? clockTimeWithSeconds : clockTime)(moment_s * 1000);
}

function timeAxis(times: boolean): uPlot.Axis {
  return {
    stroke: themeColor('--ink-faint'),
    font: font(),
    size: axisHeight_px(times),
    space: 90,
    gap: 6,
    ticks: { show: false },
    grid: { stroke: themeColor('--chart-grid'), width: 1 },
    values: (plot, moments_s, _, __, step_s) =>
      moments_s.map((moment_s) => {
        // A label cut off by the edge would mislead.
        const room_px = plot.bbox.width / devicePixelRatio - plot.valToPos(moment_s, 'x');
        return !times || room_px < 18 ? '' : timeLabel(moment_s, step_s);
      }),
  };
}

/** Increments that give whole numbers in binary units. */
const byteSteps = [0, 1, 2, 3, 4, 5].flatMap((power) =>
  [1, 2, 4, 8, 16, 32, 64, 128, 256, 512].map((step) => step * 1024 ** power),
);

function valueAxis({ unit, kind, lines }: ChartSpec, height_px: number): uPlot.Axis {
  const isStrip = kind === 'strip';
  const splits = isStrip ? () => [0, lines.length] : () => [0, 50, 100];
  return {
    stroke: themeColor('--ink-faint'),
    font: font(),
    size: (plot) => axisWidth_px(plot.width),
    gap: 8,
    space: height_px > 200 ? 50 : 34,
    ticks: { show: false },
    grid: { show: !isStrip, stroke: themeColor('--chart-grid'), width: 1 },
    ...(isStrip || unit === 'percent' ? { splits } : {}),
    ...(unit === 'bytes' ? { incrs: byteSteps } : {}),
    values: (_, values) =>
      values.map((value) => {
        if (isStrip) return '';
        return value === 0 ? '0' : formatQuantity(formatValue(unit, value));
      }),
  };
}

/** The line's own colour below the limit, and the colour of "needs attention" above it. */
function stroke(color: Color, limit: ChartSpec['limit']) {
  const plain = themeColor(`--${color}`);
  const limit_percent = limit && limits.current?.[limit];
  if (limit_percent == null) return plain;
  const beyond = themeColor('--attention-bar');
  return (plot: uPlot) => {
    const { top, height } = plot.bbox;
    const share = (plot.valToPos(limit_percent, 'y', true) - top) / height;
    if (!Number.isFinite(share)) return plain;
    const stop = Math.min(1, Math.max(0, share));
    const gradient = plot.ctx.createLinearGradient(0, top, 0, top + height);
    for (const [at, value] of [
      [0, beyond],
      [stop, beyond],
      [stop, plain],
      [1, plain],
    ] as const)
      gradient.addColorStop(at, value);
    return gradient;
  };
}

/** A value between two gaps has no line, so it gets a dot. */
const alone: uPlot.Series.Points.Filter = (plot, series) => {
  const values = plot.data[series]!;
  const found: number[] = [];
  for (let index = 0; index < values.length; index += 1)
    if (values[index] != null && values[index - 1] == null && values[index + 1] == null)
      found.push(index);
  return found;
};

function seriesOf({ kind, lines, limit }: ChartSpec, columns: Column[]): uPlot.Series[] {
  return columns.map(({ role, line }) => {
    const { color, isDashed } = lines[line]!;
    // A strip is painted as one image and not line by line.
    if (kind === 'strip') return { show: line === 0, width: 0, points: { show: false } };
    // If minimum and maximum are equal, only the edges of the week before are visible.
    if (role === 'beforeMax' || role === 'beforeMin')
      return { points: { show: false }, stroke: themeColor('--chart-before'), width: 2 };
    if (role !== 'avg') return { points: { show: false }, width: 0 };
    return {
      stroke: stroke(color, limit),
      width: color === 'chart-many' ? 1 : 1.5,
      ...(isDashed ? { dash: [5, 3] } : {}),
      points: { show: true, size: 4, fill: themeColor(`--${color}`), filter: alone },
    };
  });
}

/** Each band lies between a column and the next one. */
function bandsOf({ lines }: ChartSpec, columns: Column[]): uPlot.Band[] {
  return columns.flatMap(({ role, line }, index): uPlot.Band[] => {
    const series: [number, number] = [index + 1, index + 2];
    if (role === 'max') return [{ series, fill: themeColor(`--${lines[line]!.color}-band`) }];
    return role === 'beforeMax' ? [{ series, fill: themeColor('--chart-before') }] : [];
  });
}

function select(plot: uPlot, onSelect: PlotOptions['onSelect']): void {
  const { left, width } = plot.select;
  if (width === 0) return;
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  onSelect(plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x'));
}

function cursor(options: PlotOptions, columns: Column[]): uPlot.Cursor {
  const { spec, onPoint, heeds } = options;
  const lineOf = (series: number) => {
    const column = columns[series - 1];
    return column?.role === 'avg' ? spec.lines[column.line] : undefined;
  };
  const hasDots = spec.kind === 'lines' && spec.lines.length <= 12;
  // Only the pointer moves the crosshair; the plot must not move it when data change.
  const pointing: uPlot.Cursor.MouseListenerFactory = (plot, _, handle) => (event) => {
    if (!heeds(event)) return null;
    handle(event);
    const { idx } = plot.cursor;
    onPoint(idx == null ? null : (plot.data[0][idx] ?? null));
    return null;
  };
  return {
    y: false,
    // Dragging selects another stretch for all charts instead of zooming this one.
    drag: { x: true, y: false, setScale: false, dist: 8 },
    ...(options.onFocus ? { focus: { prox: 30 } } : {}),
    bind: {
      mousemove: pointing,
      mouseleave: pointing,
      dblclick: () => () => {
        options.onDoubleClick();
        return null;
      },
    },
    points: {
      size: (_, series) => (lineOf(series) && hasDots ? 6 : 0),
      width: 0,
      fill: (_, series) => themeColor(`--${lineOf(series)?.color ?? 'chart-first'}`),
    },
  };
}

function valueRange({ spec, top }: PlotOptions): uPlot.Scale.Range {
  return (_, least, most) => {
    if (spec.kind === 'strip') return [0, spec.lines.length];
    const highest = top() ?? (spec.unit === 'percent' ? (most ?? 0) : (most ?? 0) * 1.1);
    return [Math.min(0, least ?? 0), Math.max(leastTop[spec.unit], highest)];
  };
}

export function plotOptions(options: PlotOptions): uPlot.Options {
  const { spec, width_px, height_px, onFocus } = options;
  const columns = layOutColumns(spec, options.before);
  const axisRange = (): [number, number] => {
    const { from_s, to_s } = options.axis();
    return [from_s, to_s];
  };
  return {
    width: width_px,
    height: height_px,
    padding: [6, 0, 0, 0],
    legend: { show: false },
    cursor: cursor(options, columns),
    ...(onFocus ? { focus: { alpha: 0.25 } } : {}),
    scales: { x: { time: true, range: axisRange }, y: { range: valueRange(options) } },
    axes: [timeAxis(options.times), valueAxis(spec, height_px)],
    series: [{}, ...seriesOf(spec, columns)],
    bands: bandsOf(spec, columns),
    hooks: {
      drawClear: [
        (plot) => drawGaps(plot, options.gaps()),
        (plot) => drawFilledIn(plot, options.filledIn()),
      ],
      draw: [
        ...(spec.kind === 'strip' ? [(plot: uPlot) => paintStrip(plot)] : []),
        (plot) => options.onDraw(plot),
      ],
      setSelect: [(plot) => select(plot, options.onSelect)],
      setSeries: [
        (_, series) => onFocus?.(series === null ? null : (columns[series - 1]?.line ?? null)),
      ],
    },
  };
}
