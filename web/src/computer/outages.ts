// When a computer was down, and why. An outage and the gap in its samples count as one outage; if
// its samples were filled in later there is no gap, but it still was an outage.

import type { Completeness, ComputerDetail, ApiOutage } from '../api/types';
import type { Gap } from '../charts/history';
import { gapFrom_intervals } from '../charts/plan';
import { pickCause, type Reason } from '../text/reasons';
import {
  isBeforeAdded,
  belongsToOutage,
  isRemoval,
  classifyReason,
  findMissing,
  pickReason,
  type Missing,
  type CompletenessContext,
} from './missing';

export interface Outage extends Missing {
  /** The cause, as its first answer after the outage showed. */
  cause: Reason | null;
  /** Whether its samples exist anyway. */
  isFilled: boolean;
}

/** It was down only between two polls; only its next answer showed that. */
export const isBrief = ({ from_s, to_s }: Gap): boolean => from_s === to_s;

const lengthWithin = (gap: Gap, from_s: number, to_s: number): number =>
  Math.max(0, Math.min(gap.to_s, to_s) - Math.max(gap.from_s, from_s));

const common = (one: Gap, other: Gap): number => lengthWithin(one, other.from_s, other.to_s);

/** Converts the server's outage; one that continues has no known end yet. */
const outageOf = (told: ApiOutage, end_s: number): Outage => ({
  ...{ from_s: told.from, to_s: told.to ?? Math.max(told.from, end_s) },
  ...pickReason(told),
  cause: told.cause_code === null ? null : pickCause(told),
  kind: classifyReason(told),
  isFilled: false,
});

function joined(outage: Outage, own: readonly Missing[], all: readonly Missing[], least_s: number) {
  const from_s = Math.min(outage.from_s, ...own.map((gap) => gap.from_s));
  const to_s = Math.max(outage.to_s, ...own.map((gap) => gap.to_s));
  const lacks_s = all.reduce((sum_s, gap) => sum_s + common(gap, outage), 0);
  const isLong = to_s - from_s > least_s;
  return { ...outage, from_s, to_s, isFilled: own.length === 0 && isLong && lacks_s === 0 };
}

/**
 * Events are stored shortly after they are announced: a response requested meanwhile is out of
 * date.
 */
const writtenAfter_s = 5;
/**
 * How long after a change of status its events may take, besides the two intervals until the
 * condition is decided.
 */
const writtenWithin_s = 60;

/** Whether the status changed and the last response does not contain that change or its reason yet. */
export function isEventMissing(
  { status, since_ms }: Pick<ComputerDetail, 'status' | 'since_ms'>,
  outages: readonly ApiOutage[],
  { now_s, asked_s, interval_s }: Omit<CompletenessContext, 'down'>,
): boolean {
  if (since_ms === null) return false;
  const since_s = since_ms / 1000;
  if (now_s - since_s > writtenWithin_s + 2 * interval_s) return false;
  const isOut = outages.some(({ to }) => to === null);
  if (status === 'offline') return !isOut;
  return isOut || asked_s < since_s + writtenAfter_s;
}

/** The outages of a span, oldest first. */
export function findOutages(completeness: Completeness, now: CompletenessContext): Outage[] {
  const { interval_s, now_s, asked_s, down } = now;
  const end_s = down ? now_s : Math.min(completeness.to, asked_s);
  const missing = findMissing(completeness, now);
  // Nothing polled it while it was removed. That gap ends when it was restored; an outage may last
  // longer.
  const isGap = (outage: ApiOutage) =>
    isRemoval(outage) &&
    missing.some((gap) => isRemoval(gap) && belongsToOutage(gap, outage, interval_s));
  const failed = completeness.outages.filter((outage) => !isGap(outage));
  const told = failed.map((outage) => ({ outage, gaps: [] as Missing[] }));
  const alone: Outage[] = [];
  for (const gap of missing) {
    const isOwner = ({ outage }: (typeof told)[number]) =>
      !isRemoval(outage) && belongsToOutage(gap, outage, interval_s);
    const owner = gap.kind === 'down' && told.find(isOwner);
    if (owner) owner.gaps.push(gap);
    else alone.push({ ...gap, cause: null, isFilled: false });
  }
  const least_s = gapFrom_intervals * interval_s;
  const whole = told.map(({ outage, gaps }) => {
    const found = joined(outageOf(outage, end_s), gaps, missing, least_s);
    const isFilled = found.isFilled && outage.to !== null && found.kind === 'down';
    return { ...found, isFilled };
  });
  return [...whole, ...alone].sort((one, other) => one.from_s - other.from_s);
}

/** Only those after the computer was added. */
export const sinceAdded = <Some extends Missing>(outages: readonly Some[]): Some[] =>
  outages.filter((outage) => !isBeforeAdded(outage));

function longestOf<Some extends Gap>(gaps: readonly Some[], length: (gap: Some) => number) {
  return gaps.reduce<Some | null>(
    (longest, gap) => (length(gap) > (longest ? length(longest) : 0) ? gap : longest),
    null,
  );
}

/** The outage that covers most of a stretch. */
export const outageWithin = (outages: readonly Outage[], from_s: number, to_s: number) =>
  longestOf(outages, (outage) => lengthWithin(outage, from_s, to_s));

/** The first one that was over before a poll could fail. */
export const briefWithin = (outages: readonly Outage[], from_s: number, to_s: number) =>
  outages.find((outage) => isBrief(outage) && outage.from_s >= from_s && outage.from_s < to_s) ??
  null;

/** The longest time without samples since the computer was added. */
export const longestGap = (missing: readonly Missing[]) =>
  longestOf(sinceAdded(missing), ({ from_s, to_s }) => to_s - from_s);

/** The share of watched time in which the computer was not down; null if nothing was watched. */
export function uptimeShare(outages: readonly Outage[], from_s: number, to_s: number) {
  const sum = (lengths_s: number[]) => lengths_s.reduce((all_s, length_s) => all_s + length_s, 0);
  const within = (gaps: Gap[]) => sum(gaps.map((gap) => lengthWithin(gap, from_s, to_s)));
  const unwatched = outages.filter(({ kind }) => kind === 'unwatched');
  const down = outages.filter(({ kind }) => kind === 'down');
  const watched_s = to_s - from_s - within(unwatched);
  if (watched_s <= 0) return null;
  // Unwatched time does not count, even if the computer was down then.
  const both = down.flatMap((one) =>
    unwatched.filter((other) => common(one, other) > 0).map((other) => overlap(one, other)),
  );
  return Math.max(0, 1 - (within(down) - within(both)) / watched_s);
}

const overlap = (one: Gap, other: Gap): Gap => ({
  from_s: Math.max(one.from_s, other.from_s),
  to_s: Math.min(one.to_s, other.to_s),
});
