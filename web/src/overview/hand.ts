// Whether a hand is on the list: while the pointer was just moved over the rows, is down, or the
// list was just scrolled, no row changes its place.

const hold_ms = 2_000;

class Hand {
  #touched_ms = -Infinity;
  #isDown = false;

  touch = (): void => {
    this.#touched_ms = performance.now();
  };

  down = (): void => {
    this.#isDown = true;
    // Wherever it is let go, and also where the browser takes it for scrolling.
    for (const name of ['pointerup', 'pointercancel'] as const)
      window.addEventListener(name, this.#up, { once: true });
  };

  isBusy(): boolean {
    return this.#isDown || performance.now() - this.#touched_ms < hold_ms;
  }

  #up = (): void => {
    this.#isDown = false;
    this.touch();
  };
}

export const hand = new Hand();
