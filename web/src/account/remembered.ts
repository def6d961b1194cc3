// What is to be known on the login page, over the navigation that leads there: only in this tab, only
// until it is read, and not in the address, where anybody could write it.

const usernameKey = 'muster-username-sent';
const endedKey = 'muster-session-ended';

function remember(key: string, value: string): void {
  try {
    sessionStorage.setItem(key, value);
  } catch {
    // Then it has to be typed again, or goes unsaid.
  }
}

/** Tells it once; empty where there is none. */
function remembered(key: string): string {
  try {
    const value = sessionStorage.getItem(key) ?? '';
    sessionStorage.removeItem(key);
    return value;
  } catch {
    return '';
  }
}

/** The server answers a refused login with the same page, whose field would be empty. */
export const rememberUsername = (username: string): void => remember(usernameKey, username);
export const rememberedUsername = (): string => remembered(usernameKey);

/** Who was on a page is told why they are not any more. */
export const rememberEnd = (): void => remember(endedKey, 'yes');
export const sessionHasEnded = (): boolean => remembered(endedKey) !== '';
