// The live events of this page. One visible tab of the browser holds the stream and forwards its
// events to the others; a hidden tab has neither stream nor channel. Over HTTP/1.1 a browser allows
// six connections per host, so a stream for each tab would block requests from the seventh tab on.

import { session } from '../api/calls';
import type { Session } from '../api/types';
import { clock } from '../app/clock.svelte';
import { Connection, stale_after_ms, type EventName, type Position } from './connection';
import { Election, type Word } from './election';
import type { Update } from './feed';
import { rhythm } from './rhythm.svelte';

export interface StreamListener {
  hello?(seq: number, run: string | null): void;
  update?(update: Update): void;
  resync?(): void;
}

/** The state of the leader's stream, sent with each beat. */
interface Report {
  position: Position | null;
  heard_ms: number | null;
  stale: boolean;
}

type Message =
  { kind: 'word'; word: Word; report: Report } | { kind: 'event'; name: EventName; data: string };

const channelName = () => `muster-live ${new URL(document.baseURI).pathname}`;

class Stream {
  /** By this browser's own clock. */
  heard_ms = $state<number | null>(null);
  stale = $state(false);
  #stopped = false;
  #inSight = false;
  #joined_ms = 0;
  #position: Position | null = null;
  #listeners = new Set<StreamListener>();
  #channel: BroadcastChannel | null = null;
  #awaitsReport = false;
  /** Whether `#position` belongs to the currently open stream. */
  #isCurrent = false;

  readonly #election = new Election({
    id: Math.random().toString(36).slice(2),
    say: (word) => this.#post({ kind: 'word', word, report: this.#report() }),
    lead: () => {
      this.#isCurrent = false;
      this.#connection.open();
    },
    follow: () => {
      this.#connection.close();
      this.#awaitsReport = true;
    },
  });
  readonly #connection = new Connection({
    position: () => this.#position,
    event: (name, data) => {
      this.#post({ kind: 'event', name, data });
      this.#take(name, data);
    },
    lost: () => (this.stale = true),
    session: (answer) => this.#renew(answer),
  });

  /** Joins the election; call once, when there is a session. */
  start(): void {
    this.#look();
    document.addEventListener('visibilitychange', () => this.#look());
    // A page in the back-forward cache counts as hidden.
    window.addEventListener('pagehide', () => this.#leave());
    window.addEventListener('pageshow', () => this.#look());
    setInterval(() => {
      if (this.#inSight && !this.#election.isLeading && this.#age_ms() > stale_after_ms)
        this.stale = true;
    }, 5_000);
  }

  /** Call before changing the password: the end of this session must not overtake the response. */
  stop(): void {
    this.#stopped = true;
    this.#leave();
  }

  listen(listener: StreamListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #look(): void {
    if (document.hidden) this.#leave();
    else this.#join();
  }

  #join(): void {
    if (this.#inSight || this.#stopped) return;
    this.#inSight = true;
    this.#joined_ms = Date.now();
    if (typeof BroadcastChannel === 'undefined') {
      this.#connection.open();
      return;
    }
    this.#channel = new BroadcastChannel(channelName());
    this.#channel.onmessage = ({ data }: MessageEvent<Message>) => this.#hear(data);
    this.#election.join();
  }

  #leave(): void {
    if (!this.#inSight) return;
    this.#inSight = false;
    // Closes the stream first, so that the server never has two from this browser.
    this.#connection.close();
    this.#election.leave();
    this.#channel?.close();
    this.#channel = null;
  }

  #post(message: Message): void {
    this.#channel?.postMessage(message);
  }

  #report(): Report {
    const { heard_ms, stale } = this;
    return { position: this.#isCurrent ? this.#position : null, heard_ms, stale };
  }

  #hear(message: Message): void {
    if (message.kind === 'word') {
      this.#election.hear(message.word);
      if (message.word.kind === 'lead' && !this.#election.isLeading) this.#believe(message.report);
    } else if (!this.#election.isLeading) {
      if (message.name === 'end') this.#ask();
      this.#take(message.name, message.data);
    }
  }

  /** Takes over the state of the leader's stream, and its position if this tab lacks it. */
  #believe({ position, heard_ms, stale }: Report): void {
    const isBack = this.stale && !stale;
    this.stale = stale;
    if (heard_ms !== null) this.heard_ms = heard_ms;
    // The server may have restarted with another interval.
    if (isBack) this.#ask();
    if (!this.#awaitsReport || !position) return;
    this.#awaitsReport = false;
    this.#hello(position);
  }

  #ask(): void {
    session().then(
      (answer) => this.#renew(answer),
      () => undefined, // An ended session has redirected to the login page; otherwise the leader reports.
    );
  }

  #renew({ interval_s }: Session): void {
    rhythm.interval_s = interval_s;
  }

  #age_ms(): number {
    return Date.now() - Math.max(this.heard_ms ?? 0, this.#joined_ms);
  }

  #take(name: EventName, data: string): void {
    this.heard_ms = Date.now();
    this.stale = false;
    if (name === 'hello') {
      const { seq, run = null } = JSON.parse(data) as { seq: number; run?: string | null };
      this.#awaitsReport = false;
      this.#isCurrent = true;
      this.#hello({ seq, run });
    } else if (name === 'computers') {
      const update = JSON.parse(data) as Update;
      if (this.#position) this.#position = { ...this.#position, seq: update.seq };
      this.#tell((listener) => listener.update?.(update));
    } else if (name === 'resync') {
      this.#tell((listener) => listener.resync?.());
    } else if (name === 'tick') {
      clock.set((JSON.parse(data) as { now_ms: number }).now_ms);
    }
  }

  #hello(position: Position): void {
    this.#position = position;
    this.#tell((listener) => listener.hello?.(position.seq, position.run));
  }

  #tell(what: (listener: StreamListener) => void): void {
    for (const listener of this.#listeners) what(listener);
  }
}

export const stream = new Stream();
