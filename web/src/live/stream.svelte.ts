// The one event stream of this page. It is closed while the page is out of sight, resumes by
// itself, and knows how old the last word of the server is.

import { session } from '../api/calls';
import { clock } from '../app/clock.svelte';
import type { Update } from './feed';
import { rhythm } from './rhythm.svelte';

export interface StreamListener {
  hello?(seq: number): void;
  update?(update: Update): void;
  resync?(): void;
}

/** The server says something each 15 s; a silence of more than twice that is no accident. */
const stale_after_ms = 40_000;
const reopen_after_ms = 2_000;

class Stream {
  /** By this browser's own clock. */
  heard_ms = $state<number | null>(null);
  stale = $state(false);
  #source: EventSource | null = null;
  #stopped = false;
  #opened_ms = 0;
  #listeners = new Set<StreamListener>();
  #reopening: ReturnType<typeof setTimeout> | undefined;

  /** Opens the stream; once, when there is a session. */
  start(): void {
    this.#open();
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) this.#close();
      else if (!this.#source) this.#open();
    });
    setInterval(() => {
      if (this.#source && this.#age_ms() > stale_after_ms) this.#lost();
    }, 5_000);
  }

  /** Before a change of the password: its end of this session must not overtake its answer. */
  stop(): void {
    this.#stopped = true;
    this.#close();
  }

  listen(listener: StreamListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #age_ms(): number {
    return Date.now() - Math.max(this.heard_ms ?? 0, this.#opened_ms);
  }

  #open(): void {
    if (this.#source || this.#stopped) return;
    this.#opened_ms = Date.now();
    const source = new EventSource('api/live');
    this.#source = source;
    const on = <Data>(name: string, handle: (data: Data) => void) =>
      source.addEventListener(name, (event: MessageEvent<string>) => {
        this.heard_ms = Date.now();
        this.stale = false;
        handle(JSON.parse(event.data) as Data);
      });
    on<{ seq: number }>('hello', ({ seq }) => this.#tell((listener) => listener.hello?.(seq)));
    on<Update>('computers', (update) => this.#tell((listener) => listener.update?.(update)));
    on('resync', () => this.#tell((listener) => listener.resync?.()));
    on<{ now_ms: number }>('tick', ({ now_ms }) => clock.set(now_ms));
    // Ended, or renewed by a change of the password in another tab: asking for the session tells.
    on('end', () => this.#lost());
    source.onerror = () => this.#lost();
  }

  #lost(): void {
    this.stale = true;
    this.#close();
    // A refused stream gives no status: asking for the session tells an ended one (which leads to
    // the login page) from a server that is away.
    this.#reopening = setTimeout(() => {
      session().then(
        ({ interval_s }) => {
          // It may have been started again with another one.
          rhythm.interval_s = interval_s;
          this.#open();
        },
        () => this.#lost(),
      );
    }, reopen_after_ms);
  }

  #close(): void {
    clearTimeout(this.#reopening);
    this.#source?.close();
    this.#source = null;
  }

  #tell(what: (listener: StreamListener) => void): void {
    for (const listener of this.#listeners) what(listener);
  }
}

export const stream = new Stream();
