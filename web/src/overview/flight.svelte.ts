// Whether the list flies by faster than anybody reads: most of a screen within one frame. Then rows show
// their names alone, and are filled once it slows down, which keeps each frame short.

/** How long after the last jump the rows are filled. */
const rest_ms = 160;
const farInScreens = 0.75;

class Flight {
  isOn = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** The list was moved by so much at once. */
  moved(by_px: number, screen_px: number): void {
    if (Math.abs(by_px) < farInScreens * screen_px) return;
    // A single jump (Home, End, a click on the scroll bar) is filled at once.
    this.isOn = this.#timer !== undefined;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#land(), rest_ms);
  }

  #land(): void {
    this.#timer = undefined;
    this.isOn = false;
  }
}

export const flight = new Flight();
