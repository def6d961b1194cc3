// Why the week before is not visible although it was requested.

import { canShowWeekBefore } from '../charts/before';
import { text } from '../text';
import type { ComputerModel } from './model.svelte';

export function beforeInWords({ withBefore, before, store }: ComputerModel): string | null {
  if (!withBefore || (store.plan && !canShowWeekBefore(store.plan))) return null;
  if (before.failure) return before.failure;
  // Known to be empty: that week was requested and had no values.
  const buckets = Object.values(before.series);
  const isEmpty = buckets.every(({ avg }) => avg.every((value) => value === null));
  return buckets.length > 0 && isEmpty ? text.computer.before.none : null;
}
