// What people call the metrics that they compare by, and to which family each belongs. What the
// catalogue does not know keeps the name that it came with, among the others.

import type { SeriesEntry } from '../api/types';
import { text } from '../text';

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

/** "disk.used_bytes:/data:x" is `disk.used_bytes` of `/data:x`. */
function partsOf(name: string): { metric: string; instance: string | null } {
  const colon = name.indexOf(':');
  return colon < 0
    ? { metric: name, instance: null }
    : { metric: name.slice(0, colon), instance: name.slice(colon + 1) };
}

const known = <Value>(values: Record<string, Value>, key: string): Value | null =>
  Object.hasOwn(values, key) ? values[key]! : null;

function nameInWords(name: string): string | null {
  const { metric, instance } = partsOf(name);
  const { metrics, metricsOf } = text.compare;
  if (instance === null) return known<string>(metrics, metric);
  return known<(instance: string) => string>(metricsOf, metric)?.(instance) ?? null;
}

export const metricInWords = ({ name, label }: Pick<SeriesEntry, 'name' | 'label'>): string =>
  nameInWords(name) ?? label;

export const familyOf = (name: string): Family =>
  (nameInWords(name) !== null && known(familyOfPart, name.split(/[._:]/)[0]!)) || 'other';

/** By family, in the order in which people look; families without a metric are left out. */
export const byFamily = (metrics: readonly SeriesEntry[]): [Family, SeriesEntry[]][] =>
  families
    .map((family): [Family, SeriesEntry[]] => [
      family,
      metrics.filter(({ name }) => familyOf(name) === family),
    ])
    .filter(([, members]) => members.length > 0);
