// The user name that was typed, over the navigation of a refused login: the server answers with the
// same page, whose field would be empty. Only the name, only in this tab, and only until it is read.

const key = 'muster-username-sent';

export function rememberUsername(username: string): void {
  try {
    sessionStorage.setItem(key, username);
  } catch {
    // Then it has to be typed again.
  }
}

/** Tells it once; empty where there is none. */
export function rememberedUsername(): string {
  try {
    const username = sessionStorage.getItem(key) ?? '';
    sessionStorage.removeItem(key);
    return username;
  } catch {
    return '';
  }
}
