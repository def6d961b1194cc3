// From which values on a computer needs attention: the server's limits, which come with the session.

import type { Limits } from '../api/types';

class KnownLimits {
  /** Null until the session is known. */
  current = $state.raw<Limits | null>(null);
}

export const limits = new KnownLimits();
