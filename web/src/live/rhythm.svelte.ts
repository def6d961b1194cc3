// How often the server polls each computer; the session provides it, on every page.

class Rhythm {
  /** Null until the session is known. */
  interval_s = $state<number | null>(null);
}

export const rhythm = new Rhythm();
