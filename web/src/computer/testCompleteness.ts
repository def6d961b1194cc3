// Completeness responses for tests: gaps and outages by the codes of their reasons.

import type { Completeness, ApiOutage, ReasonCode } from '../api/types';

export const reason = <Code extends ReasonCode | null>(reason_code: Code) => ({
  reason: reason_code ?? '',
  reason_code,
  reason_params: {},
});

export const cause = (cause_code: ReasonCode | null) => ({
  cause: cause_code,
  cause_code,
  cause_params: {},
});

/** From, to, and reason. */
export type GapTuple = [number, number, ReasonCode];

export const completeness = (gaps: GapTuple[], to = 1000): Completeness => ({
  from: 0,
  to,
  expected: 100,
  present: 90,
  share: 0.9,
  gaps: gaps.map(([from, until, code]) => ({ from, to: until, ...reason(code) })),
  gaps_left_out: 0,
  outages: [],
});

/** From, to, reason, and cause. */
export type OutageTuple = [number, number | null, ReasonCode | null, ReasonCode?];

export const testOutage = ([from, to, code, causeCode]: OutageTuple): ApiOutage => ({
  from,
  to,
  ...reason(code),
  ...cause(causeCode ?? null),
});
