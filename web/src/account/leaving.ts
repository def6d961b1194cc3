// How the page reacts when its session has ended.

import { loginAddress } from '../app/next';
import { rememberEnd } from './remembered';

const leaving_ms = 5_000;
let leftAt = -Infinity;

/** Watches for the reader navigating away. */
export function watchForLeaving(): void {
  addEventListener('beforeunload', () => (leftAt = performance.now()));
}

export function leaveForLogin(): void {
  // Signing out ends the session before the response arrives: a page that is already navigating
  // away must not redirect or report an ended session. A download looks like navigation, so a page
  // that is still open shortly afterwards redirects after all.
  if (performance.now() - leftAt < leaving_ms) {
    setTimeout(leaveForLogin, leaving_ms);
    return;
  }
  // A real navigation, so that no data of the ended session stays in memory.
  rememberEnd();
  const base = new URL(document.baseURI);
  location.assign(new URL(loginAddress(base, new URL(location.href)), base));
}
