// The families of the metrics that people commonly compare by.

import type { SeriesEntry } from '../api/types';

const families = ['cpu', 'memory', 'disk', 'network', 'load', 'other'] as const;
export type Family = (typeof families)[number];

const familyOfPart: Record<string, Family> = {
  cpu: 'cpu',
  memory: 'memory',
  swap: 'memory',
  disk: 'disk',
  network: 'network',
  load: 'load',
};

type Named = Pick<SeriesEntry, 'name' | 'label'>;

/** A metric that the server's catalogue lacks has its name as label and is listed with the others. */
export function metricFamily({ name, label }: Named): Family {
  const part = name.split(/[._:]/)[0]!;
  return label !== name && Object.hasOwn(familyOfPart, part) ? familyOfPart[part]! : 'other';
}

/** Grouped by family, most common first; families without a metric are left out. */
export const groupByFamily = (metrics: readonly SeriesEntry[]): [Family, SeriesEntry[]][] =>
  families
    .map((family): [Family, SeriesEntry[]] => [
      family,
      metrics.filter((metric) => metricFamily(metric) === family),
    ])
    .filter(([, members]) => members.length > 0);
