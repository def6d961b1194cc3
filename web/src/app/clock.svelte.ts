// The server's time as this browser estimates it, so that ages stay right when the local clock is
// wrong. It ticks every five seconds, precise enough for "8 min ago".

class Clock {
  now_ms = $state(Date.now());
  #ahead_ms = 0;

  constructor() {
    setInterval(() => this.#tick(), 5_000);
  }

  /** Called with every time stamp from the server. */
  set(server_now_ms: number): void {
    this.#ahead_ms = server_now_ms - Date.now();
    this.#tick();
  }

  /** More precise than the ticks, for computation rather than display. */
  exact_ms(): number {
    return Date.now() + this.#ahead_ms;
  }

  #tick(): void {
    this.now_ms = this.exact_ms();
  }
}

export const clock = new Clock();
