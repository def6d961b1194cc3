// Sends lines one after the other and records each result. An error in one line affects only that
// line; an error that would affect every line (no server, no session, no permission) pauses the run
// until the reader continues.

import { ApiError, errorMessage } from '../../api/client';
import type { ComputerFields } from '../../api/calls';
import type { Put } from '../../api/types';
import type { Line } from './parse';

export type Result = { kind: 'added' | 'changed' | 'same' } | { kind: 'failed'; sentence: string };

type PutComputer = (fields: ComputerFields) => Promise<Put>;

const everyLine = (error: unknown): boolean =>
  !(error instanceof ApiError) || [0, 401, 403, 429, 502, 503, 504].includes(error.status);

const fieldsOf = ({ name, url, token, tls_sha256, tags, note }: Line): ComputerFields => ({
  name,
  url,
  token,
  ...(tls_sha256 === null ? {} : { tls_sha256 }),
  ...(tags === null ? {} : { tags }),
  ...(note === null ? {} : { note }),
});

/** Ten thousand results are shown in batches: otherwise each response would redraw the page. */
const publish_every_ms = 100;

export class Sending {
  /** By line; replaced, never changed. */
  results = $state.raw<ReadonlyMap<number, Result>>(new Map());
  isRunning = $state(false);
  /** Why it stopped before the end. */
  stopped = $state<string | null>(null);
  readonly lines: readonly Line[];
  #put: PutComputer;
  #results = new Map<number, Result>();
  #published_ms = 0;
  #halt = false;

  constructor(lines: readonly Line[], put: PutComputer) {
    this.lines = lines;
    this.#put = put;
  }

  counts = $derived.by(() => {
    const counts = { added: 0, changed: 0, same: 0, failed: 0 };
    for (const { kind } of this.results.values()) counts[kind] += 1;
    return counts;
  });

  get isDone(): boolean {
    return !this.isRunning && this.results.size === this.lines.length;
  }

  halt(): void {
    this.#halt = true;
  }

  /** Sends the failed lines again. */
  retry(): Promise<void> {
    for (const [line, { kind }] of this.#results) if (kind === 'failed') this.#results.delete(line);
    return this.run();
  }

  /** Sends all lines without a result. */
  async run(): Promise<void> {
    if (this.isRunning) return;
    this.isRunning = true;
    this.stopped = null;
    this.#halt = false;
    for (const line of this.lines) {
      if (this.#halt || this.stopped !== null) break;
      if (!this.#results.has(line.line)) await this.#send(line);
    }
    this.isRunning = false;
    this.#publish();
  }

  async #send(line: Line): Promise<void> {
    try {
      const { is_new, is_changed } = await this.#put(fieldsOf(line));
      this.#results.set(line.line, { kind: is_new ? 'added' : is_changed ? 'changed' : 'same' });
    } catch (error) {
      if (everyLine(error)) this.stopped = errorMessage(error);
      else this.#results.set(line.line, { kind: 'failed', sentence: errorMessage(error) });
    }
    if (performance.now() - this.#published_ms > publish_every_ms) this.#publish();
  }

  #publish(): void {
    this.#published_ms = performance.now();
    this.results = new Map(this.#results);
  }
}
