// The connection to the server's event stream: opens it, gives it up when it goes quiet, and
// reconnects from where it broke off.

import { session } from '../api/calls';
import type { Session } from '../api/types';

export const eventNames = ['hello', 'computers', 'resync', 'tick', 'end'] as const;
export type EventName = (typeof eventNames)[number];

/** The server's run and the number of the last update received. */
export interface Position {
  run: string | null;
  seq: number;
}

export interface ConnectionTarget {
  position(): Position | null;
  event(name: EventName, data: string): void;
  /** The stream broke off and will be opened again. */
  lost(): void;
  /** Called before each attempt. */
  session(answer: Session): void;
}

/** The server sends something every 15 s; a pause of more than twice that means the stream is dead. */
export const stale_after_ms = 40_000;
const reopen_after_ms = 2_000;
const look_each_ms = 5_000;

/** Only the run shows whether the server still counts from the same number. */
export const addressAfter = (position: Position | null): string =>
  position?.run == null ? 'api/live' : `api/live?after=${position.run}-${position.seq}`;

export class Connection {
  readonly #target: ConnectionTarget;
  #source: EventSource | null = null;
  #heard_ms = 0;
  #isOpen = false;
  /** Incremented whenever a stream is given up: responses to earlier requests are ignored. */
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
        // The session ended, or another tab renewed it by changing the password: requesting the
        // session shows which.
        if (name === 'end') this.#lost();
      });
    source.onerror = () => this.#lost();
  }

  #lost(): void {
    this.#disconnect();
    if (!this.#isOpen) return;
    this.#target.lost();
    const attempt = this.#attempt;
    // A refused stream gives no status: requesting the session distinguishes an ended session
    // (which redirects to the login page) from an unreachable server.
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
