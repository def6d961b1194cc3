// How a page whose session has ended is left.

import { loginFor } from '../app/next';
import { rememberEnd } from './remembered';

const leaving_ms = 5_000;
let leftAt = -Infinity;

/** From now on it is known when the reader goes elsewhere. */
export function noticeLeaving(): void {
  addEventListener('beforeunload', () => (leftAt = performance.now()));
}

export function leaveForLogin(): void {
  // Signing out ends the session before its answer is here: a page that is on its way elsewhere does
  // not turn around, nor does it call that an end that needs words. A download looks like leaving,
  // so whoever is still here a little later goes after all.
  if (performance.now() - leftAt < leaving_ms) {
    setTimeout(leaveForLogin, leaving_ms);
    return;
  }
  // A real navigation, so that nothing of the ended session stays in memory.
  rememberEnd();
  const base = new URL(document.baseURI);
  location.assign(new URL(loginFor(base, new URL(location.href)), base));
}
