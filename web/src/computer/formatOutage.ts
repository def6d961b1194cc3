// An outage in words: when, and why.

import type { Gap } from '../charts/history';
import { momentWithClock, formatStretch } from '../format';
import { text } from '../text';
import { reasonInWords } from '../text/reasons';
import { isRemoval } from './missing';
import { isBrief, type Outage } from './outages';

/** "since 02:11" if it continues. */
export function formatOutageTime({ from_s, to_s }: Gap, now_ms: number): string {
  return to_s * 1000 >= now_ms
    ? text.computer.outage.since(momentWithClock(from_s * 1000, now_ms))
    : formatStretch(from_s * 1000, to_s * 1000, now_ms);
}

/** The cause if known, otherwise why the polls failed. */
function sayWhy(outage: Outage): string | null {
  const why = reasonInWords(outage.cause ?? outage);
  return outage.isFilled ? text.computer.outage.filledIn(why) : why;
}

function sayRemoval({ from_s, to_s }: Gap, now_ms: number): string {
  const at = (moment_s: number) => momentWithClock(moment_s * 1000, now_ms, to_s - from_s < 120);
  return text.computer.outage.removed(at(from_s), at(to_s));
}

export function formatOutage(outage: Outage, now_ms: number): string {
  if (isRemoval(outage)) return sayRemoval(outage, now_ms);
  const why = sayWhy(outage);
  if (isBrief(outage))
    return text.computer.outage.brief(momentWithClock(outage.from_s * 1000, now_ms, true), why);
  return text.computer.outage[outage.kind](formatOutageTime(outage, now_ms), why);
}
