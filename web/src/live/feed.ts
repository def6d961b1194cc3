// Keeps an overview true by the numbered updates of the live stream. Pure: the caller fetches and
// draws. The rule: update n+1 follows state n; what is older is contained already; a hole, a new
// count after a restart, or the server's own word means that the overview is fetched again.

import type { Blind, Overview, Row } from '../api/types';

export interface Update {
  seq: number;
  computers: Row[];
  removed: number[];
  blind: Blind | null;
}

export interface FeedTarget {
  /** Fetch the overview and hand it to `Feed.onOverview`. */
  reload(): void;
  replace(overview: Overview): void;
  apply(update: Update): void;
}

export class Feed {
  #target: FeedTarget;
  #seq: number | null = null;
  /** Numbers mean something only within one run of the server. */
  #run: string | null = null;
  /** That of the stream. */
  #heardRun: string | null = null;
  #waiting: Update[] = [];
  #loading = false;

  constructor(target: FeedTarget) {
    this.#target = target;
  }

  load(): void {
    if (this.#loading) return;
    this.#loading = true;
    this.#target.reload();
  }

  /** The fetch failed; the next hello or update tries again. */
  onLoadFailed(): void {
    this.#loading = false;
    this.#waiting = [];
    this.#seq = null;
  }

  onOverview(overview: Overview): void {
    this.#loading = false;
    this.#seq = overview.seq;
    this.#run = overview.run ?? null;
    this.#target.replace(overview);
    if (this.#isOfAnotherRun()) {
      // It was made before a restart, and the stream is one after it.
      this.#waiting = [];
      this.load();
      return;
    }
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const update of waiting) this.onUpdate(update);
  }

  onHello(seq: number, run: string | null = null): void {
    this.#heardRun = run;
    // An overview that is on its way was asked for before or with the stream: updates after
    // this hello are kept for it, so it can lack none.
    if (!this.#loading && (seq !== this.#seq || this.#isOfAnotherRun())) this.load();
  }

  onUpdate(update: Update): void {
    if (this.#loading) {
      this.#waiting.push(update);
    } else if (this.#seq === null || update.seq > this.#seq + 1) {
      this.load();
    } else if (update.seq === this.#seq + 1) {
      this.#seq = update.seq;
      this.#target.apply(update);
    }
  }

  #isOfAnotherRun(): boolean {
    return this.#run !== null && this.#heardRun !== null && this.#run !== this.#heardRun;
  }
}
