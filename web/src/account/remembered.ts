// Carries facts over the navigation to the login page: only in this tab, only until read, and not
// in the address, where anybody could forge them.

const usernameKey = 'muster-username-sent';
const endedKey = 'muster-session-ended';

function remember(key: string, value: string): void {
  try {
    sessionStorage.setItem(key, value);
  } catch {
    // Without storage, the user types the name again and sees no notice.
  }
}

/** Returns the value once; empty if there is none. */
function remembered(key: string): string {
  try {
    const value = sessionStorage.getItem(key) ?? '';
    sessionStorage.removeItem(key);
    return value;
  } catch {
    return '';
  }
}

/** After a refused login the server sends the page again, with an empty field. */
export const rememberUsername = (username: string): void => remember(usernameKey, username);
export const rememberedUsername = (): string => remembered(usernameKey);

/** Lets the login page explain why the session ended. */
export const rememberEnd = (): void => remember(endedKey, 'yes');
export const sessionHasEnded = (): boolean => remembered(endedKey) !== '';
