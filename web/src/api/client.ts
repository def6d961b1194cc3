// The only way to send requests to the server. Every failure becomes an ApiError with a message for
// the reader; an ended session redirects to the login page from any page.

import { leaveForLogin } from '../account/leaving';
import { text } from '../text';
import { problemInWords, type Problem } from '../text/problems';

export class ApiError extends Error {
  /** The HTTP status; 0 if there was no response. */
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

const deadline_ms = 30_000;

async function request<Answer>(path: string, init: RequestInit = {}): Promise<Answer> {
  let response: Response;
  try {
    // Relative to <base>, so that the server may live below a path.
    response = await fetch(path, { ...init, signal: AbortSignal.timeout(deadline_ms) });
  } catch {
    throw new ApiError(text.errors.unreachable, 0);
  }
  if (response.status === 401) {
    leaveForLogin();
    throw new ApiError(text.errors.sessionEnded, 401);
  }
  const body: unknown = await response.json().catch(() => null);
  if (response.ok && body !== null) return body as Answer;
  const problem = body as Partial<Problem> | null;
  const { error, code = '', params = {} } = problem ?? {};
  throw new ApiError(
    typeof error === 'string'
      ? problemInWords({ error, code, params })
      : text.errors.unexpected(response.status),
    response.status,
  );
}

export const get = <Answer>(path: string): Promise<Answer> => request<Answer>(path);

export const send = <Answer>(method: string, path: string, body?: unknown): Promise<Answer> =>
  request<Answer>(path, {
    method,
    headers: { 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

export const errorMessage = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
