// All computers, live. The entries are plain objects, replaced and never changed: with ten thousand
// of them, one signal for "something changed" costs less than a proxy around each.

import * as calls from '../api/calls';
import { errorMessage } from '../api/client';
import type { Blind, Overview, Row } from '../api/types';
import { clock } from '../app/clock.svelte';
import { Feed, type Update } from '../live/feed';
import { stream } from '../live/stream.svelte';
import { toEntry, type Entry } from './entry';
import { compareByName } from './order';
import { sparklines } from './sparklines.svelte';

/** The first updates after a pause are shown immediately, together. */
const publishEach_ms = 250;

class Fleet {
  /** By name. Null until the first response. */
  entries = $state.raw<Entry[] | null>(null);
  /** Set while the server cannot see its computers. */
  blind = $state.raw<Blind | null>(null);
  /** Why there are none, while there are none. */
  failure = $state<string | null>(null);
  #byId = new Map<number, Entry>();
  /** Ids by name, cached until either changes. */
  #order: number[] | null = null;
  #started = false;
  #published_ms = -Infinity;
  #publishing: ReturnType<typeof setTimeout> | undefined;
  #feed = new Feed({
    reload: () => this.#fetch(),
    replace: (overview) => this.#replace(overview),
    apply: (update) => this.#apply(update),
  });

  /** Every page that lists computers calls this; only the first call has an effect. */
  start(): void {
    if (this.#started) return;
    this.#started = true;
    stream.listen({
      hello: (seq, run) => this.#feed.onHello(seq, run),
      update: (update) => this.#feed.onUpdate(update),
      resync: () => this.#feed.load(),
    });
    this.#feed.load();
  }

  reload(): void {
    this.#feed.load();
  }

  #fetch(): void {
    calls.overview().then(
      (overview) => this.#feed.onOverview(overview),
      (error: unknown) => {
        this.failure = errorMessage(error);
        this.#feed.onLoadFailed();
      },
    );
  }

  get(id: number): Entry | undefined {
    return this.#byId.get(id);
  }

  #replace(overview: Overview): void {
    clock.set(overview.now_ms);
    this.failure = null;
    this.blind = overview.blind;
    const previous = this.#byId;
    this.#byId = new Map(
      overview.computers.map((row) => [row.id, toEntry(row, previous.get(row.id))]),
    );
    this.#order = null;
    sparklines.forget();
    this.#publishNow();
  }

  #apply(update: Update): void {
    this.blind = update.blind;
    for (const row of update.computers) this.#put(row);
    for (const id of update.removed) if (this.#byId.delete(id)) this.#order = null;
    sparklines.follow(update.computers);
    this.#publish();
  }

  #put(row: Row): void {
    const previous = this.#byId.get(row.id);
    if (previous?.row.name !== row.name) this.#order = null;
    this.#byId.set(row.id, toEntry(row, previous));
  }

  #publish(): void {
    const wait_ms = this.#published_ms + publishEach_ms - performance.now();
    if (wait_ms <= 0) this.#publishNow();
    else this.#publishing ??= setTimeout(() => this.#publishNow(), wait_ms);
  }

  #publishNow(): void {
    clearTimeout(this.#publishing);
    this.#publishing = undefined;
    this.#published_ms = performance.now();
    this.#order ??= [...this.#byId.values()].sort(compareByName).map(({ row }) => row.id);
    this.entries = this.#order.map((id) => this.#byId.get(id)!);
  }
}

export const fleet = new Fleet();
