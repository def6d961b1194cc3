// The server's time, as far as this browser knows it: ages must not be wrong because a desk's
// clock is. It ticks each five seconds, which is fine enough for "8 min ago".

class Clock {
  now_ms = $state(Date.now());
  #ahead_ms = 0;

  constructor() {
    setInterval(() => this.#tick(), 5_000);
  }

  /** Called with each time stamp that the server sends. */
  set(server_now_ms: number): void {
    this.#ahead_ms = server_now_ms - Date.now();
    this.#tick();
  }

  /** Finer than the ticks, for what is computed and not shown. */
  exact_ms(): number {
    return Date.now() + this.#ahead_ms;
  }

  #tick(): void {
    this.now_ms = this.exact_ms();
  }
}

export const clock = new Clock();
