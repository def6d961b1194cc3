// The limits beyond which a computer needs attention; the session provides them.

import type { Limits } from '../api/types';

class KnownLimits {
  /** Null until the session is known. */
  current = $state.raw<Limits | null>(null);
}

export const limits = new KnownLimits();
