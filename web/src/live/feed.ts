// Keeps an overview up to date with the numbered updates of the live stream. Pure: the caller
// fetches and draws. The rule: update n+1 follows state n; older updates are already included; a
// hole, a new count after a restart, or a resync event means fetching the overview again.

import type { Blind, Overview, Row } from '../api/types';

export interface Update {
  seq: number;
  computers: Row[];
  removed: number[];
  blind: Blind | null;
}

export interface FeedTarget {
  /** Fetches the overview and passes it to `Feed.onOverview`. */
  reload(): void;
  replace(overview: Overview): void;
  apply(update: Update): void;
}

export class Feed {
  #target: FeedTarget;
  #seq: number | null = null;
  /** Numbers are only comparable within one run of the server. */
  #run: string | null = null;
  /** The run of the stream. */
  #heardRun: string | null = null;
  /** The stream's first number, if its hello arrived while an overview was being fetched. */
  #heardSeq: number | null = null;
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
      // The overview is from before a restart, the stream from after it.
      this.#waiting = [];
      this.load();
      return;
    }
    if (this.#lacksWhatWasBeforeTheStream(overview.seq)) {
      this.load();
      return;
    }
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const update of waiting) this.onUpdate(update);
  }

  onHello(seq: number, run: string | null = null): void {
    this.#heardRun = run;
    // Updates after this hello are kept for the overview that is being fetched.
    if (this.#loading) this.#heardSeq = seq;
    else if (seq !== this.#seq || this.#isOfAnotherRun()) this.load();
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

  /** Once for each hello, so that a server that miscounts is not asked endlessly. */
  #lacksWhatWasBeforeTheStream(seq: number): boolean {
    const heardSeq = this.#heardSeq;
    this.#heardSeq = null;
    return heardSeq !== null && seq < heardSeq;
  }

  #isOfAnotherRun(): boolean {
    return this.#run !== null && this.#heardRun !== null && this.#run !== this.#heardRun;
  }
}
