// Elects the tab that holds the event stream. Only visible tabs take part; they communicate over a
// BroadcastChannel, which works over plain http, while Web Locks need https. Pure except for
// timers: the caller transports the messages.
//
// A tab that becomes visible asks for the leader. If there is no reply, it claims the lead, and
// leads unless a tab with a smaller id claims it too. The leader sends a beat every second; it
// resigns when it is hidden, and counts as gone after a few seconds without a beat. Two leaders, as
// after one was suspended, see each other's beats, and the one with the larger id steps down.

export type Word =
  | { kind: 'who'; from: string }
  | { kind: 'claim'; from: string }
  | { kind: 'lead'; from: string }
  | { kind: 'resign'; from: string };

export interface Candidate {
  id: string;
  say(word: Word): void;
  /** From now on this tab leads. */
  lead(): void;
  /** This tab does not lead, or no longer: another tab does. */
  follow(): void;
}

export const beat_ms = 1_000;
/** How long the others have to reply; a tab replies as soon as its thread is free. */
export const answer_ms = 150;
export const leaderTimeout_ms = 3_500;

export class Election {
  readonly #candidate: Candidate;
  #state: 'out' | 'asking' | 'claiming' | 'leading' | 'following' = 'out';
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(candidate: Candidate) {
    this.#candidate = candidate;
  }

  get isLeading(): boolean {
    return this.#state === 'leading';
  }

  /** This tab is visible. */
  join(): void {
    if (this.#state === 'out') this.#ask();
  }

  /** This tab is hidden. The caller closes its stream first. */
  leave(): void {
    clearTimeout(this.#timer);
    if (this.isLeading) this.#say('resign');
    this.#state = 'out';
  }

  hear({ kind, from }: Word): void {
    if (this.#state === 'out' || from === this.#candidate.id) return;
    const isBefore = from < this.#candidate.id;
    if (this.isLeading) {
      if (kind === 'lead' && isBefore) this.#follow();
      else if (kind !== 'resign') this.#say('lead');
    } else if (kind === 'lead') this.#follow();
    else if (kind === 'resign') this.#claim();
    else if (kind === 'claim' && this.#state === 'claiming' && isBefore) this.#expect();
  }

  #say(kind: Word['kind']): void {
    this.#candidate.say({ kind, from: this.#candidate.id });
  }

  #enter(state: 'asking' | 'claiming' | 'leading' | 'following', then: () => void, in_ms: number) {
    this.#state = state;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(then, in_ms);
  }

  #ask(): void {
    this.#enter('asking', () => this.#claim(), answer_ms);
    this.#say('who');
  }

  #claim(): void {
    this.#enter('claiming', () => this.#lead(), answer_ms);
    this.#say('claim');
  }

  /** Another tab is about to lead. If it does not, this one asks again. */
  #expect(): void {
    this.#enter('asking', () => this.#ask(), 2 * answer_ms);
  }

  #lead(): void {
    this.#enter('leading', () => this.#beat(), beat_ms);
    this.#say('lead');
    this.#candidate.lead();
  }

  #beat(): void {
    this.#enter('leading', () => this.#beat(), beat_ms);
    this.#say('lead');
  }

  #follow(): void {
    const isNew = this.#state !== 'following';
    this.#enter('following', () => this.#ask(), leaderTimeout_ms);
    if (isNew) this.#candidate.follow();
  }
}
