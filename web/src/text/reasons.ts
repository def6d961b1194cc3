// Why a computer is down, why samples are missing, and why it had been away: the server sends a
// code with parameters, and each catalogue has a text for each code. An unknown code is shown as
// the server's English sentence.

import type { AddressProblem, ReasonCode } from '../api/types';
import { text } from './index';

/** What the last sample before a reboot or crash showed. */
export interface Evidence {
  memory_percent?: number;
  busiest?: string;
}

/** The parameters of those codes that have any. */
interface Params {
  name_not_resolved: { name: string };
  address_denied: { address: string };
  connect_failed: { detail: string };
  connect_timeout: { seconds: number };
  answer_timeout: { seconds: number };
  connection_broken: { detail?: string };
  tls_failed: { detail: string };
  certificate_untrusted: { detail: string };
  answer_too_large: { limit_bytes: number };
  http_status: { status: number; phrase: string };
  not_system_info: { detail?: string };
  invalid_address: { problem: AddressProblem };
  server_blind: { failing?: number; of?: number };
  rebooted: Evidence;
  rebooted_cleanly: Evidence;
  rebooted_uncleanly: Evidence;
  agent_crashed: Evidence;
  /** Already formatted. */
  network_failed: { reason: string };
}

/** A text for each code, so that a missing text is a type error; `text` is the code's own text. */
export type ReasonTexts = {
  [Code in Exclude<ReasonCode, 'text'>]: Code extends keyof Params
    ? (params: Params[Code]) => string
    : string;
};

/** A reason as the API sends it. */
export interface Reason {
  /** In English. */
  reason: string | null;
  reason_code: string | null;
  reason_params: Record<string, unknown>;
}

/** Reads the `cause` fields of the API as a reason. */
export const pickCause = (told: {
  cause: string | null;
  cause_code: string | null;
  cause_params: Record<string, unknown>;
}): Reason => ({
  reason: told.cause,
  reason_code: told.cause_code,
  reason_params: told.cause_params,
});

const texts: Record<string, string | ((params: never) => string)> = text.reasons;

function nestedInWords(nested: unknown): string {
  const { code, params } = (nested ?? {}) as { code?: string; params?: Reason['reason_params'] };
  const stored = params?.['text'];
  const reason = typeof stored === 'string' ? stored : (code ?? '');
  return reasonInWords({ reason, reason_code: code ?? null, reason_params: params ?? {} }) ?? '';
}

/** Null if there is no reason. */
export function reasonInWords({ reason, reason_code, reason_params }: Reason): string | null {
  if (reason_code === null || !Object.hasOwn(texts, reason_code)) return reason || null;
  const found = texts[reason_code]!;
  if (typeof found === 'string') return found;
  const params =
    reason_code === 'network_failed'
      ? { reason: nestedInWords(reason_params['reason']) }
      : reason_params;
  return found(params as never);
}
