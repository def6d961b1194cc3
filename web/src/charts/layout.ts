// The columns of a chart, as uPlot takes them: the week before at the back, then each line's band
// and average. With many lines, bands would only hide them, so there are none.

import type { LineValues, Values } from './drawn';
import type { ChartSpec } from './spec';

export interface Column {
  role: 'beforeMax' | 'beforeMin' | 'max' | 'min' | 'avg';
  line: number;
}

/** With more lines than this, there are no bands and no week before. */
export const bandedLines = 2;

export const hasBands = ({ lines, kind }: ChartSpec): boolean =>
  kind === 'lines' && lines.length <= bandedLines;

export function layOutColumns(spec: ChartSpec, before: boolean): Column[] {
  const each = (roles: Column['role'][]) =>
    spec.lines.flatMap((_, line) => roles.map((role) => ({ role, line })));
  if (!hasBands(spec)) return each(['avg']);
  return [...(before ? each(['beforeMax', 'beforeMin']) : []), ...each(['max', 'min', 'avg'])];
}

const from: Record<Column['role'], keyof LineValues> = {
  beforeMax: 'max',
  beforeMin: 'min',
  max: 'max',
  min: 'min',
  avg: 'avg',
};

/** The values of each column. */
export const toColumnValues = (
  columns: Column[],
  drawn: LineValues[],
  before: LineValues[],
): Values[] =>
  columns.map(({ role, line }) => {
    const lines = role === 'beforeMax' || role === 'beforeMin' ? before : drawn;
    return lines[line]?.[from[role]] ?? [];
  });
