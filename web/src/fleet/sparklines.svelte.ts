// The last hour of CPU use of the computers seen so far: loaded once, in one request for all that
// are visible, then extended by the live updates.

import * as calls from '../api/calls';
import { ApiError } from '../api/client';
import type { Row, Sparklines as Answer } from '../api/types';
import { addValue, toHour, sparklinePath, type Hour } from './sparkline';

const atOnce = 100;
/** How long to wait after a failure. */
const pause_ms = 30_000;

interface Kept {
  hour: Hour;
  /** Null until needed. */
  path: string | null;
}

class Sparklines {
  /** Changes when any of them may have changed. */
  version = $state(0);
  #kept = new Map<number, Kept>();
  /** The computers visible most recently. */
  #wanted: readonly number[] = [];
  #isAsking = false;
  #pausedUntil_ms = 0;

  /** Loads those that are not known yet. */
  want(ids: readonly number[]): void {
    this.#wanted = ids;
    if (this.#isAsking || Date.now() < this.#pausedUntil_ms) return;
    const unknown = ids.filter((id) => !this.#kept.has(id)).slice(0, atOnce);
    if (unknown.length === 0) return;
    this.#isAsking = true;
    calls
      .sparklines(unknown)
      .then((answer) => this.#keep(unknown, answer))
      .catch((error: unknown) => this.#onFailed(error))
      .finally(() => this.#onDone());
  }

  follow(rows: readonly Row[]): void {
    for (const { id, status, sample } of rows) {
      const kept = this.#kept.get(id);
      if (!kept || !sample || status !== 'online') continue;
      addValue(kept.hour, sample.timestamp_ms, sample.cpu_percent);
      kept.path = null;
    }
    this.version += 1;
  }

  /** Missed updates leave holes in what was extended by them. */
  forget(): void {
    this.#kept.clear();
    this.version += 1;
  }

  /** Empty for an unknown computer. Reads `version`, so that callers redraw when it changes. */
  pathFor(id: number): string {
    void this.version;
    const kept = this.#kept.get(id);
    if (!kept) return '';
    return (kept.path ??= sparklinePath(kept.hour.values));
  }

  #keep(asked: readonly number[], { from, step_s, series }: Answer): void {
    const none = Array.from({ length: 60 }, () => null);
    for (const id of asked)
      this.#kept.set(id, { hour: toHour(from, step_s, series[id] ?? none), path: null });
    this.version += 1;
  }

  #onDone(): void {
    this.#isAsking = false;
    // The reader may have scrolled on meanwhile, or sees more computers than one request covers.
    this.want(this.#wanted);
  }

  #onFailed(error: unknown): void {
    // A server without this route will not have it in half a minute either.
    const isUnknown = error instanceof ApiError && error.status === 404;
    this.#pausedUntil_ms = isUnknown ? Infinity : Date.now() + pause_ms;
  }
}

export const sparklines = new Sparklines();
