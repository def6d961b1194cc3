// An outage in words: when, and why.

import { momentWithClock, stretch } from '../format';
import { text } from '../text';
import type { Outage } from './outages';

export function sayOutage({ from_s, to_s, kind, reason }: Outage, now_ms: number): string {
  const lasts = to_s * 1000 >= now_ms;
  const when = lasts
    ? text.computer.outage.since(momentWithClock(from_s * 1000, now_ms))
    : stretch(from_s * 1000, to_s * 1000, now_ms);
  return text.computer.outage[kind](when, reason);
}
