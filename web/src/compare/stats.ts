// Statistics of a line.

import type { LineValues, Values } from '../charts/drawn';

export interface Stats {
  min: number | null;
  avg: number | null;
  max: number | null;
  last: number | null;
}

const known = (values: Values): number[] => values.filter((value) => value !== null);

/**
 * Buckets have equal lengths, so the average of their averages is the average over the time with
 * values.
 */
export function computeStats({ min, avg, max }: LineValues): Stats {
  const averages = known(avg);
  if (averages.length === 0) return { min: null, avg: null, max: null, last: null };
  return {
    min: known(min).reduce((least, value) => Math.min(least, value), Infinity),
    avg: averages.reduce((sum, value) => sum + value, 0) / averages.length,
    max: known(max).reduce((most, value) => Math.max(most, value), -Infinity),
    last: averages.at(-1)!,
  };
}
