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
  /** With how many updates the stream began, where that was heard while an overview was on its way. */
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
      // It was made before a restart, and the stream is one after it.
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
    // What comes after this hello is kept for an overview that is on its way.
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

  /** Asked once for each hello, so that a server that miscounts is not asked without end. */
  #lacksWhatWasBeforeTheStream(seq: number): boolean {
    const heardSeq = this.#heardSeq;
    this.#heardSeq = null;
    return heardSeq !== null && seq < heardSeq;
  }

  #isOfAnotherRun(): boolean {
    return this.#run !== null && this.#heardRun !== null && this.#run !== this.#heardRun;
  }
}
