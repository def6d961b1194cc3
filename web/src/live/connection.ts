// The connection to the server's event stream: opened, given up when it falls silent, and opened
// again from where it broke off.

import { session } from '../api/calls';
import type { Session } from '../api/types';

export const eventNames = ['hello', 'computers', 'resync', 'tick', 'end'] as const;
export type EventName = (typeof eventNames)[number];

/** The run of the server and the number of the last update that was heard. */
export interface Position {
  run: string | null;
  seq: number;
}

export interface ConnectionTarget {
  position(): Position | null;
  event(name: EventName, data: string): void;
  /** It broke off, and will be opened again. */
  lost(): void;
  /** Asked before each new attempt. */
  session(answer: Session): void;
}

/** The server says something each 15 s; a silence of more than twice that is no accident. */
export const stale_after_ms = 40_000;
const reopen_after_ms = 2_000;
const look_each_ms = 5_000;

/** Only the run tells whether the server counts on from the same number. */
export const addressAfter = (position: Position | null): string =>
  position?.run == null ? 'api/live' : `api/live?after=${position.run}-${position.seq}`;

export class Connection {
  readonly #target: ConnectionTarget;
  #source: EventSource | null = null;
  #heard_ms = 0;
  #isOpen = false;
  /** Grows whenever a stream is given up: what was asked before that counts for nothing. */
  #attempt = 0;
  #reopening: ReturnType<typeof setTimeout> | undefined;
  #looking: ReturnType<typeof setInterval> | undefined;

  constructor(target: ConnectionTarget) {
    this.#target = target;
  }

  open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#connect();
    this.#looking = setInterval(() => {
      if (this.#source && Date.now() - this.#heard_ms > stale_after_ms) this.#lost();
    }, look_each_ms);
  }

  close(): void {
    this.#isOpen = false;
    clearInterval(this.#looking);
    this.#disconnect();
  }

  #connect(): void {
    this.#heard_ms = Date.now();
    const source = new EventSource(addressAfter(this.#target.position()));
    this.#source = source;
    for (const name of eventNames)
      source.addEventListener(name, ({ data }: MessageEvent<string>) => {
        this.#heard_ms = Date.now();
        this.#target.event(name, data);
        // Ended, or renewed by a change of the password in another tab: asking for the session tells.
        if (name === 'end') this.#lost();
      });
    source.onerror = () => this.#lost();
  }

  #lost(): void {
    this.#disconnect();
    if (!this.#isOpen) return;
    this.#target.lost();
    const attempt = this.#attempt;
    // A refused stream gives no status: asking for the session tells an ended one (which leads to
    // the login page) from a server that is away.
    this.#reopening = setTimeout(() => {
      session().then(
        (answer) => {
          if (attempt !== this.#attempt) return;
          this.#target.session(answer);
          this.#connect();
        },
        () => {
          if (attempt === this.#attempt) this.#lost();
        },
      );
    }, reopen_after_ms);
  }

  #disconnect(): void {
    this.#attempt += 1;
    clearTimeout(this.#reopening);
    this.#source?.close();
    this.#source = null;
  }
}
