// What is missing of a span, and why: what the server tells of it, continued up to now.

import type { Completeness, ComputerDetail, OutageTold } from '../api/types';
import type { Gap } from '../charts/history';
import { gapFrom_intervals } from '../charts/idle';

/** Silent: it did not answer. Unwatched: nobody asked, or nobody knows. */
export type Kind = 'silent' | 'unwatched';

export interface Missing extends Gap {
  reason: string;
  kind: Kind;
}

const notYetAdded = 'not yet added';
const unknown = 'no answer was stored, and nobody knows why';
/** In the server's words; every other reason is a call that failed. */
const unwatched =
  /^(not yet added|the server was not running|this server could not see|no answer was stored|it was removed)/;

export const isRemoval = ({ reason }: { reason: string }): boolean =>
  reason.startsWith('it was removed');

export const kindOf = (reason: string): Kind => (unwatched.test(reason) ? 'unwatched' : 'silent');

export const isBeforeItsTime = ({ reason }: Missing): boolean => reason === notYetAdded;

/** That a computer does not answer now: what the server may not have been asked for yet. */
export interface Silence {
  reason: string | null;
  last_seen_ms: number | null;
}

export const silenceOf = (computer: ComputerDetail | null): Silence | null =>
  computer?.polled && computer.status === 'offline' ? computer : null;

export interface Now {
  now_s: number;
  interval_s: number;
  /** When the server was asked. */
  asked_s: number;
  /** Null where the span ended before now, or the computer answers. */
  silence: Silence | null;
}

/** A gap begins with the last answer, which may be the one that ended the outage before. */
export const isOf = (gap: Gap, { from, to }: OutageTold, interval_s: number): boolean =>
  from <= gap.to_s && (to ?? Infinity) > gap.from_s + (from === to ? 0 : interval_s / 4);

/** Nobody knew why an answer was late, and then it turned out to be silence, or a reboot. */
const isExplained = (gap: Missing, outages: readonly OutageTold[], interval_s: number): boolean =>
  gap.reason === unknown &&
  outages.some((outage) => !isRemoval(outage) && isOf(gap, outage, interval_s));

/** What lasts reaches up to now, however long ago the server was asked. */
export function missingOf(
  { gaps, outages, to }: Completeness,
  { now_s, interval_s, asked_s, silence }: Now,
): Missing[] {
  const missing = gaps.map(({ from, to, reason }): Missing => ({
    from_s: from,
    to_s: to,
    reason,
    kind: kindOf(reason),
  }));
  for (const gap of missing) if (isExplained(gap, outages, interval_s)) gap.kind = 'silent';
  if (!silence) return missing;
  const last = missing.at(-1);
  const heard_s = silence.last_seen_ms === null ? null : silence.last_seen_ms / 1000;
  if (last && last.to_s >= Math.min(to, asked_s) - interval_s) {
    last.to_s = Math.max(last.to_s, now_s);
  } else if (silence.reason !== null && heard_s !== null) {
    const { reason } = silence;
    if (now_s - heard_s > gapFrom_intervals * interval_s)
      missing.push({ from_s: heard_s, to_s: now_s, reason, kind: kindOf(reason) });
  }
  return missing;
}

/** Whether something that was missing is there now: it was filled in. */
export const wasFilledIn = (before: Completeness, now: Completeness): boolean =>
  before.gaps.some(
    ({ from, to, reason }) =>
      reason !== notYetAdded &&
      from >= now.from &&
      !now.gaps.some((other) => other.from < to && other.to > from),
  );

/** What charts hatch: what is missing, and what else has no value. Before the first sample nothing is. */
export function hatched(missing: readonly Missing[], gaps: readonly Gap[]): Gap[] {
  const all = [...missing.filter((gap) => !isBeforeItsTime(gap)), ...gaps];
  const joined: Gap[] = [];
  for (const { from_s, to_s } of all.sort((one, other) => one.from_s - other.from_s)) {
    const last = joined.at(-1);
    if (last && from_s <= last.to_s) last.to_s = Math.max(last.to_s, to_s);
    else joined.push({ from_s, to_s });
  }
  return joined;
}
