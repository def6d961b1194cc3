// A close-up of a computer, for as long as its page asks: only while the page is visible.

import * as calls from '../api/calls';
import { ApiError } from '../api/client';
import type { Now, Process, CloseUpSample, CloseUpState } from '../api/types';
import { mergeRecent } from './recent';

const each_ms = 1_000;
/** How often to ask whether a close-up has become possible. */
const patient_ms = 5_000;

export class Seconds {
  /** Null while nothing is requested or no response has arrived yet. */
  state = $state<CloseUpState | null>(null);
  /** Oldest first. */
  readings = $state.raw<readonly CloseUpSample[]>([]);
  processes = $state.raw<Process[] | null>(null);
  readonly newest = $derived(this.readings.at(-1) ?? null);
  readonly #id: number;
  #isWanted = false;
  #isAsking = false;
  #asked_ms = 0;
  /** An older server lacks this route. */
  #isUnknown = false;

  constructor(id: number) {
    this.#id = id;
  }

  set wanted(isWanted: boolean) {
    this.#isWanted = isWanted;
    if (!isWanted) this.state = null;
    else void this.#ask();
  }

  /** Runs until the returned function is called. */
  follow(): () => void {
    const timer = setInterval(() => void this.#ask(), each_ms);
    return () => clearInterval(timer);
  }

  async #ask(): Promise<void> {
    if (!this.#isWanted || this.#isAsking || this.#isUnknown || document.hidden) return;
    const isPatient = this.state !== null && this.state !== 'reading';
    if (isPatient && Date.now() - this.#asked_ms < patient_ms) return;
    this.#isAsking = true;
    this.#asked_ms = Date.now();
    try {
      const answer = await calls.fetchCloseUp(this.#id, this.newest?.timestamp_ms ?? null);
      if (this.#isWanted) this.#take(answer);
    } catch (error) {
      // The page already shows any other failure; the next second tries again.
      if (error instanceof ApiError && error.status === 404) this.#isUnknown = true;
      this.state = null;
    }
    this.#isAsking = false;
  }

  #take({ state, readings, processes }: Now): void {
    this.state = state;
    if (readings.length > 0) this.readings = mergeRecent(this.readings, readings);
    if (processes) this.processes = processes;
  }
}
