// The state of a computer in words, the same on every page.

import type { Row } from '../api/types';
import { duration, durationInWords, momentWithClock, percent, say } from '../format';
import { text } from '../text';
import { readingsOf, type Entry, type Trouble } from './entry';

const hour_ms = 3_600_000;

/** What is to be done about another certificate stands once, at the alarm on the computer's page. */
export const inBrief = (reason: string): string =>
  reason.replace(/(its certificate changed): .*$/s, '$1');

const reasonOf = ({ reason }: Row): string | null => reason && inBrief(reason);

/** A row's whole story when it is silent: "silent for 8 min: connection refused". */
export function silenceOf(row: Row, now_ms: number): string {
  const { since_ms, last_seen_ms } = row;
  const reason = reasonOf(row);
  if (last_seen_ms === null) return text.condition.neverAnswered(reason);
  const age = since_ms === null ? null : say(duration(now_ms - since_ms));
  return text.condition.silentFor(age, reason);
}

/** With what else is to be done there: nothing is broken while it waits. */
export const withToken = (row: Row, inWords: string): string =>
  row.token_renewed ? text.condition.waitsForToken(inWords) : inWords;

/** "9 days"; what a trend says is never as exact as an hour. */
export const fullInWords = (fullIn_ms: number): string =>
  fullIn_ms < hour_ms ? text.condition.fullNow : durationInWords(fullIn_ms);

function troubleInWords({ row, fullIn_ms }: Entry, trouble: Trouble): string {
  if (trouble === 'filling') return text.condition.filling(fullInWords(fullIn_ms ?? 0));
  return text.condition[trouble](say(percent(readingsOf(row)[trouble])));
}

export const troublesInWords = (entry: Entry): string =>
  entry.troubles.map((trouble) => troubleInWords(entry, trouble)).join(', ');

/** That its last call failed, while nothing more is known. It stands beside the condition, and is none. */
export const latenessOf = ({ late }: Row): string | null =>
  late ? text.condition.lateBecause(inBrief(late.reason)) : null;

/** The line under a computer's name: "well, answering for 12 days". */
export function conditionInWords(entry: Entry, now_ms: number): string {
  const { since_ms } = entry.row;
  const reason = reasonOf(entry.row);
  switch (entry.condition) {
    case 'silent':
      if (entry.row.last_seen_ms === null) return text.condition.neverAnswered(reason);
      return text.condition.silentSince(
        since_ms === null ? null : momentWithClock(since_ms, now_ms),
        reason,
      );
    case 'trouble':
      return text.condition.troubles(troublesInWords(entry));
    case 'well':
      return text.condition.wellFor(since_ms === null ? null : durationInWords(now_ms - since_ms));
    default:
      return text.condition[entry.condition];
  }
}
