// Whether the previous page changed the password. The server redirects to the first page after an
// accepted change and shows the form again after a refused one; a note in this tab's storage
// survives that navigation.

import { readServerMessage } from './message';

const key = 'muster-password-sent';

export function rememberChange(): void {
  try {
    sessionStorage.setItem(key, '1');
  } catch {
    // Without storage there is no confirmation; the change holds anyway.
  }
}

/** True only once for each change. */
export function changeWasAccepted(): boolean {
  try {
    const sent = sessionStorage.getItem(key) !== null;
    sessionStorage.removeItem(key);
    const atFirstPage = location.pathname === new URL(document.baseURI).pathname;
    return sent && atFirstPage && readServerMessage() === null;
  } catch {
    return false;
  }
}
