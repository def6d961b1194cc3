// Why the week before is not to be seen although it was asked for.

import { canHaveBefore } from '../charts/before';
import { text } from '../text';
import type { ComputerModel } from './model.svelte';

export function beforeInWords({ withBefore, before, store }: ComputerModel): string | null {
  if (!withBefore || (store.plan && !canHaveBefore(store.plan))) return null;
  if (before.failure) return before.failure;
  // Known to be nothing: that week was asked for, and answered without a value.
  const buckets = Object.values(before.series);
  const isEmpty = buckets.every(({ avg }) => avg.every((value) => value === null));
  return buckets.length > 0 && isEmpty ? text.computer.before.none : null;
}
