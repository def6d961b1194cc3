// A computer's condition in words, the same on every page.

import type { Row, Trouble } from '../api/types';
import { duration, durationInWords, momentWithClock, percent, formatQuantity } from '../format';
import { text } from '../text';
import { reasonInWords } from '../text/reasons';
import type { Entry } from './entry';

const hour_ms = 3_600_000;

/** The full text for a row that is down: "down for 8 min: connection refused". */
export function downInWords(row: Row, now_ms: number): string {
  const { since_ms, last_seen_ms } = row;
  const reason = reasonInWords(row);
  if (last_seen_ms === null) return text.condition.neverAnswered(reason);
  const age = since_ms === null ? null : formatQuantity(duration(now_ms - since_ms));
  return text.condition.downFor(age, reason);
}

/** Adds what else there is to do: a computer that waits for its token is not broken. */
export const withToken = (row: Row, inWords: string): string =>
  row.token_renewed ? text.condition.waitsForToken(inWords) : inWords;

/** "9 days"; a trend is never precise to the hour. */
export const fullInWords = (fullIn_ms: number): string =>
  fullIn_ms < hour_ms ? text.condition.fullNow : durationInWords(fullIn_ms);

function troubleInWords({ measurement, value }: Trouble): string {
  return measurement === 'disk_filling'
    ? text.condition.disk_filling(fullInWords(value * hour_ms))
    : text.condition[measurement](formatQuantity(percent(value)));
}

export const troublesInWords = ({ troubles }: Row): string =>
  troubles.map(troubleInWords).join(', ');

const lateInWords = (late: NonNullable<Row['late']>): string =>
  text.condition.lateBecause(reasonInWords(late) ?? '');

/** That the last poll failed, in addition to a condition worse than late. */
export const latenessInWords = ({ condition, late }: Row): string | null =>
  late && condition !== 'late' ? lateInWords(late) : null;

/** Its condition, with what exceeds a limit or why it is late. */
export function stateInWords(row: Row): string {
  if (row.condition === 'needs_attention') return text.condition.troubles(troublesInWords(row));
  if (row.condition === 'late' && row.late) return lateInWords(row.late);
  return text.condition[row.condition];
}

/** The line under a computer's name: "healthy, answering for 12 days". */
export function conditionInWords({ row }: Entry, now_ms: number): string {
  const { condition, since_ms } = row;
  if (condition === 'healthy')
    return text.condition.healthyFor(since_ms === null ? null : durationInWords(now_ms - since_ms));
  if (condition !== 'down') return stateInWords(row);
  const reason = reasonInWords(row);
  if (row.last_seen_ms === null) return text.condition.neverAnswered(reason);
  const since = since_ms === null ? null : momentWithClock(since_ms, now_ms);
  return text.condition.downSince(since, reason);
}
