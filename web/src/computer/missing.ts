// What is missing in a span and why: the server's response, extended up to now.

import type { Completeness, ComputerDetail, ApiOutage, ReasonCode } from '../api/types';
import type { Gap } from '../charts/history';
import { gapFrom_intervals } from '../charts/plan';
import type { Reason } from '../text/reasons';

/** Down: it did not answer. Unwatched: nothing polled it, or the reason is unknown. */
export type Kind = 'down' | 'unwatched';

export interface Missing extends Gap, Reason {
  kind: Kind;
}

/** All other reasons are failed polls. */
const unwatched = new Set<string | null>([
  'not_yet_added',
  'server_not_running',
  'server_blind',
  'history_damaged',
  'removed_and_restored',
  'unknown',
] satisfies ReasonCode[]);

type Coded = Pick<Reason, 'reason_code'>;

export const isRemoval = ({ reason_code }: Coded): boolean =>
  reason_code === 'removed_and_restored';

export const classifyReason = ({ reason_code }: Coded): Kind =>
  unwatched.has(reason_code) ? 'unwatched' : 'down';

export const isBeforeAdded = ({ reason_code }: Coded): boolean => reason_code === 'not_yet_added';

/** Picks the fields of the reason. */
export const pickReason = ({ reason, reason_code, reason_params }: Reason): Reason => ({
  ...{ reason, reason_code, reason_params },
});

/** A computer that is down now, which the last response may not contain yet. */
export interface DownNow extends Reason {
  last_seen_ms: number | null;
}

export const findDownNow = (computer: ComputerDetail | null): DownNow | null =>
  computer?.condition === 'down' ? computer : null;

export interface CompletenessContext {
  now_s: number;
  interval_s: number;
  /** When the server's response was requested. */
  asked_s: number;
  /** Null if the span ended before now, or the computer is not down. */
  down: DownNow | null;
}

/** A gap begins with the last sample, which may be the one that ended the previous outage. */
export const belongsToOutage = (gap: Gap, { from, to }: ApiOutage, interval_s: number): boolean =>
  from <= gap.to_s && (to ?? Infinity) > gap.from_s + (from === to ? 0 : interval_s / 4);

/** The reason was unknown at first; later it turned out to be an outage or a reboot. */
const isExplained = (gap: Missing, outages: readonly ApiOutage[], interval_s: number): boolean =>
  gap.reason_code === 'unknown' &&
  outages.some((outage) => !isRemoval(outage) && belongsToOutage(gap, outage, interval_s));

/** An outage that continues extends to now, however old the response is. */
export function findMissing(
  { gaps, outages, to }: Completeness,
  { now_s, interval_s, asked_s, down }: CompletenessContext,
): Missing[] {
  const missing = gaps.map((gap): Missing => ({
    from_s: gap.from,
    to_s: gap.to,
    ...pickReason(gap),
    kind: classifyReason(gap),
  }));
  for (const gap of missing) if (isExplained(gap, outages, interval_s)) gap.kind = 'down';
  if (!down) return missing;
  const last = missing.at(-1);
  const heard_s = down.last_seen_ms === null ? null : down.last_seen_ms / 1000;
  if (last && last.to_s >= Math.min(to, asked_s) - interval_s) {
    last.to_s = Math.max(last.to_s, now_s);
  } else if (down.reason_code !== null && heard_s !== null) {
    if (now_s - heard_s > gapFrom_intervals * interval_s)
      missing.push({
        from_s: heard_s,
        to_s: now_s,
        ...pickReason(down),
        kind: classifyReason(down),
      });
  }
  return missing;
}

/** Whether a gap has closed because its samples were filled in. */
export const wasFilledIn = (before: Completeness, now: Completeness): boolean =>
  before.gaps.some(
    (gap) =>
      !isBeforeAdded(gap) &&
      gap.from >= now.from &&
      !now.gaps.some((other) => other.from < gap.to && other.to > gap.from),
  );

/**
 * What charts hatch: what is missing, and other stretches without a value. Nothing before the first
 * sample.
 */
export function joinGaps(missing: readonly Missing[], gaps: readonly Gap[]): Gap[] {
  const all = [...missing.filter((gap) => !isBeforeAdded(gap)), ...gaps];
  const joined: Gap[] = [];
  for (const { from_s, to_s } of all.sort((one, other) => one.from_s - other.from_s)) {
    const last = joined.at(-1);
    if (last && from_s <= last.to_s) last.to_s = Math.max(last.to_s, to_s);
    else joined.push({ from_s, to_s });
  }
  return joined;
}
