// Whether the page before this one changed the password. The server answers an accepted change by
// leading to the first page, and a refused one with the form again; a note in this tab's storage
// outlives that navigation.

import { serverMessage } from './message';

const key = 'muster-password-sent';

export function noteThatChangeWasSent(): void {
  try {
    sessionStorage.setItem(key, '1');
  } catch {
    // Then nothing is said about it; the change holds all the same.
  }
}

/** Tells it once. */
export function changeWasAccepted(): boolean {
  try {
    const sent = sessionStorage.getItem(key) !== null;
    sessionStorage.removeItem(key);
    const atFirstPage = location.pathname === new URL(document.baseURI).pathname;
    return sent && atFirstPage && serverMessage() === null;
  } catch {
    return false;
  }
}
