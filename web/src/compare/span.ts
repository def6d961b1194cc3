// The default span: a day, or less where all history is shorter.

import { span_s, type Span } from '../charts/view';

const upToADay = ['quarter', 'hour', 'sixHours'] as const;

/** The shortest span that contains all of these start times. */
export function fittingSpan(firsts_ms: readonly number[], now_ms: number): Span {
  const length_s = (now_ms - Math.min(now_ms, ...firsts_ms)) / 1000;
  return upToADay.find((span) => length_s <= span_s[span]) ?? 'day';
}
