// Limits the close-up samples that a page keeps to the longest span that shows them.

import type { CloseUpSample } from '../api/types';

/** An hour, and the margin that a chart shows beside it. */
const keptFor_ms = 3_900_000;

export function mergeRecent(
  known: readonly CloseUpSample[],
  more: readonly CloseUpSample[],
): CloseUpSample[] {
  const last_ms = known.at(-1)?.timestamp_ms ?? -Infinity;
  const newer = more.filter(({ timestamp_ms }) => timestamp_ms > last_ms);
  const all = [...known, ...newer];
  const from_ms = (all.at(-1)?.timestamp_ms ?? 0) - keptFor_ms;
  const first = all.findIndex(({ timestamp_ms }) => timestamp_ms >= from_ms);
  return first > 0 ? all.slice(first) : all;
}
