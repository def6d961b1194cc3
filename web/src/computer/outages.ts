// When a computer was not heard, and why: what the server tells of a span, continued up to now.

import type { Completeness, ComputerDetail } from '../api/types';
import type { Gap } from '../charts/history';
import { gapFrom_intervals } from '../charts/idle';

/** Silent: it did not answer. Unwatched: nobody asked, or nobody knows. */
export type Kind = 'silent' | 'unwatched';

export interface Outage extends Gap {
  reason: string;
  kind: Kind;
}

/** In the server's words; every other reason is a call that failed. */
const unwatched: readonly string[] = [
  'not yet added',
  'the server was not running',
  'no answer was stored, and nobody knows why',
];
const notYetAdded = unwatched[0];

const kindOf = (reason: string): Kind => (unwatched.includes(reason) ? 'unwatched' : 'silent');

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

/** The outages of a span; one that lasts reaches up to now, however long ago the server was asked. */
export function outagesOf(
  { gaps, to }: Completeness,
  { now_s, interval_s, asked_s, silence }: Now,
): Outage[] {
  const outages = gaps.map(({ from, to, reason }) => ({
    from_s: from,
    to_s: to,
    reason,
    kind: kindOf(reason),
  }));
  if (!silence) return outages;
  const last = outages.at(-1);
  const heard_s = silence.last_seen_ms === null ? null : silence.last_seen_ms / 1000;
  if (last && last.to_s >= Math.min(to, asked_s) - interval_s) {
    last.to_s = Math.max(last.to_s, now_s);
  } else if (silence.reason !== null && heard_s !== null) {
    if (now_s - heard_s > gapFrom_intervals * interval_s)
      outages.push({
        from_s: heard_s,
        to_s: now_s,
        reason: silence.reason,
        kind: kindOf(silence.reason),
      });
  }
  return outages;
}

const lengthWithin = (gap: Gap, from_s: number, to_s: number): number =>
  Math.max(0, Math.min(gap.to_s, to_s) - Math.max(gap.from_s, from_s));

const longestOf = (outages: readonly Outage[], length: (outage: Outage) => number) =>
  outages.reduce<Outage | null>(
    (longest, outage) => (length(outage) > (longest ? length(longest) : 0) ? outage : longest),
    null,
  );

/** The outage that fills most of a stretch. */
export const outageWithin = (outages: readonly Outage[], from_s: number, to_s: number) =>
  longestOf(outages, (outage) => lengthWithin(outage, from_s, to_s));

/** The longest outage since the computer was added. */
export const longestOutage = (outages: readonly Outage[]) =>
  longestOf(outages, (outage) => (outage.reason === notYetAdded ? 0 : outage.to_s - outage.from_s));

/** The part of the watched time in which the computer was not silent; null where nobody watched. */
export function uptimeShare(outages: readonly Outage[], from_s: number, to_s: number) {
  const total_s = (kind: Kind) =>
    outages
      .filter((outage) => outage.kind === kind)
      .reduce((sum_s, outage) => sum_s + lengthWithin(outage, from_s, to_s), 0);
  const watched_s = to_s - from_s - total_s('unwatched');
  return watched_s > 0 ? Math.max(0, 1 - total_s('silent') / watched_s) : null;
}

/** What charts hatch: outages, and what else has no value. Before the first sample nothing is. */
export function hatched(outages: readonly Outage[], gaps: readonly Gap[]): Gap[] {
  const all = [...outages.filter(({ reason }) => reason !== notYetAdded), ...gaps];
  const joined: Gap[] = [];
  for (const { from_s, to_s } of all.sort((one, other) => one.from_s - other.from_s)) {
    const last = joined.at(-1);
    if (last && from_s <= last.to_s) last.to_s = Math.max(last.to_s, to_s);
    else joined.push({ from_s, to_s });
  }
  return joined;
}
