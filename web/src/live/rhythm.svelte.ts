// How often the server polls each computer. The session says so, on every page and first of all.

class Rhythm {
  /** Null until the session is known. */
  interval_s = $state<number | null>(null);
}

export const rhythm = new Rhythm();
