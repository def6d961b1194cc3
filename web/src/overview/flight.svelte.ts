// Whether the list scrolls faster than anybody can read: most of a screen in one frame. Rows then
// show only their names and are filled once it slows down, which keeps frames short.

/** How long after the last jump the rows are filled. */
const rest_ms = 160;
const farInScreens = 0.75;

class Flight {
  isOn = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** The list moved by this much in one frame. */
  moved(by_px: number, screen_px: number): void {
    if (Math.abs(by_px) < farInScreens * screen_px) return;
    // A single jump (Home, End, a click on the scroll bar) fills the rows immediately.
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
