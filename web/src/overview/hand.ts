// Whether the reader is using the list: the pointer just moved over the rows or is pressed, or the
// list just scrolled. While so, no row changes its place.

const hold_ms = 2_000;

class Hand {
  #touched_ms = -Infinity;
  #isDown = false;

  touch = (): void => {
    this.#touched_ms = performance.now();
  };

  down = (): void => {
    this.#isDown = true;
    // Wherever the pointer is released, and also when the browser takes it over for scrolling.
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
