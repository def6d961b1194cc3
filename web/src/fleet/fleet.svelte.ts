// All computers, live. The entries are plain objects, replaced and never changed: with ten
// thousand of them, one signal for "something changed" costs less than a proxy around each.

import * as calls from '../api/calls';
import { messageOf } from '../api/client';
import type { Overview, Row } from '../api/types';
import { clock } from '../app/clock.svelte';
import { Feed, type Update } from '../live/feed';
import { stream } from '../live/stream.svelte';
import { conditions, entryOf, type Condition, type Entry } from './entry';

class Fleet {
  /** Null until the first answer. */
  entries = $state.raw<Entry[] | null>(null);
  /** Why there are none, while there are none. */
  failure = $state<string | null>(null);
  counts = $derived(this.#count());
  #byId = new Map<number, Entry>();
  #started = false;
  #feed = new Feed({
    reload: () => this.#fetch(),
    replace: (overview) => this.#replace(overview),
    apply: (update) => this.#apply(update),
  });

  /** Called by every page that lists computers; only the first call does anything. */
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
        this.failure = messageOf(error);
        this.#feed.onLoadFailed();
      },
    );
  }

  #replace(overview: Overview): void {
    clock.set(overview.now_ms);
    this.failure = null;
    this.#byId = new Map(overview.computers.map((row) => [row.id, entryOf(row)]));
    this.#publish();
  }

  #apply(update: Update): void {
    for (const row of update.computers) this.#put(row);
    for (const id of update.removed) this.#byId.delete(id);
    this.#publish();
  }

  #put(row: Row): void {
    this.#byId.set(row.id, entryOf(row));
  }

  #publish(): void {
    this.entries = [...this.#byId.values()];
  }

  #count(): Record<Condition, number> {
    const counts = Object.fromEntries(conditions.map((condition) => [condition, 0]));
    for (const { condition } of this.entries ?? []) counts[condition]! += 1;
    return counts as Record<Condition, number>;
  }
}

export const fleet = new Fleet();
