// When a computer rebooted, as its uptime shows.

import type { Buckets } from '../api/types';
import type { Plan } from '../charts/plan';

/** Clocks are set and uptimes rounded: a start time that moves by less is the same start. */
const slack_s = 5;

/**
 * Moments in Unix seconds, oldest first. A bucket gives the time of a start to within its own
 * width; the last start is exact if the computer reports it.
 */
export function findReboots(
  uptime: Buckets | undefined,
  { from_s, to_s, step_s }: Plan,
  boot_s: number | null,
): number[] {
  const found: number[] = [];
  let before: number | null = null;
  uptime?.min.forEach((least, index) => {
    const most = uptime.max[index];
    if (least === null || most == null) return;
    // Uptime only rises; if it fell, the computer rebooted, and uptime was `least` before the
    // bucket ended.
    if (before !== null && least < before - slack_s)
      found.push(from_s + (index + 1) * step_s - step_s / 2 - least);
    before = least < (before ?? 0) - slack_s ? least : most;
  });
  if (boot_s === null || boot_s < from_s || boot_s > to_s) return found;
  const last = found.at(-1);
  const isSame = last !== undefined && Math.abs(last - boot_s) <= step_s + slack_s;
  return isSame ? [...found.slice(0, -1), boot_s] : [...found, boot_s].sort((a, b) => a - b);
}

/** The reboot within a stretch. */
export const rebootWithin = (reboots: readonly number[], from_s: number, to_s: number) =>
  reboots.find((moment_s) => moment_s >= from_s && moment_s < to_s) ?? null;
