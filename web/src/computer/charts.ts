// The charts of a computer's page, in the order in which they stand.

import { troubleFrom_percent } from '../fleet/entry';
import { text } from '../text';

export type Unit = 'percent' | 'rate';
export type Color = 'first' | 'second';

export interface Line {
  series:
    | 'cpu_percent'
    | 'memory_percent'
    | 'disk_percent'
    | 'network_sent_per_sec'
    | 'network_recv_per_sec';
  /** Empty where the chart has but this line. */
  label: string;
  color: Color;
}

export interface ChartSpec {
  title: string;
  unit: Unit;
  /** From here on the line is drawn in the colour of trouble. */
  trouble_percent: number | null;
  lines: Line[];
}

const single = (series: Line['series']): Line[] => [{ series, label: '', color: 'first' }];

export const charts: ChartSpec[] = [
  {
    title: text.computer.cpu,
    unit: 'percent',
    trouble_percent: troubleFrom_percent.cpu,
    lines: single('cpu_percent'),
  },
  {
    title: text.computer.memoryChart,
    unit: 'percent',
    trouble_percent: troubleFrom_percent.memory,
    lines: single('memory_percent'),
  },
  {
    title: text.computer.diskChart,
    unit: 'percent',
    trouble_percent: troubleFrom_percent.disk,
    lines: single('disk_percent'),
  },
  {
    title: text.computer.network,
    unit: 'rate',
    trouble_percent: null,
    lines: [
      { series: 'network_recv_per_sec', label: text.computer.received, color: 'first' },
      { series: 'network_sent_per_sec', label: text.computer.sent, color: 'second' },
    ],
  },
];

export const chartedSeries = charts.flatMap(({ lines }) => lines.map(({ series }) => series));
