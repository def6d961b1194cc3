// Why the server refused a request: it sends a code with parameters and an English sentence, which
// is shown if the catalogue has no text for the code.

import type { ProblemCode, ServerProblemCode } from '../api/types';
import { text } from './index';

/** The parameters of those codes that have any. */
interface Params {
  invalid_request: { detail: string };
  invalid_value: { name: string; expected: string };
  wrong_content_type: { expected: string };
  timed_out: { seconds: number };
  too_many_failed_sign_ins: { minutes: number };
  too_many_tokens: { limit: number };
  nothing_to_change: { fields: string[] };
  name_taken: { name: string };
  invalid_tag: { tag: string };
  too_many_tests: { account_limit: number; total_limit: number; seconds: number };
}

/** A text for each code, so that a missing text is a type error. */
export type ProblemTexts = {
  [Code in ProblemCode]: Code extends keyof Params ? (params: Params[Code]) => string : string;
};

interface ServerParams {
  backup_failed: { detail: string };
  /** Already formatted. */
  clock_jumped: { from_ms: string; to_ms: string };
  history_cut: { from_ms: string };
}

/** Problems that keep the server from doing all of its work. */
export type ServerProblemTexts = {
  [Code in ServerProblemCode]: Code extends keyof ServerParams
    ? (params: ServerParams[Code]) => string
    : string;
};

/** The body of an error response. */
export interface Problem {
  /** In English. */
  error: string;
  code: string;
  params: Record<string, unknown>;
}

const texts = text.problems as Record<string, string | ((params: never) => string)>;

export function problemInWords({ error, code, params }: Problem): string {
  const found = Object.hasOwn(texts, code) ? texts[code]! : error;
  return typeof found === 'string' ? found : found(params as never);
}
