// The theme that the reader chose, stored in this browser.

export type Theme = 'light' | 'dark';
export type Choice = 'system' | Theme;

const key = 'muster-theme';
export const order: readonly Choice[] = ['system', 'light', 'dark'];

export function storedChoice(): Choice {
  try {
    const stored = localStorage.getItem(key);
    return order.find((choice) => choice === stored) ?? 'system';
  } catch {
    return 'system'; // Some private windows refuse access to storage.
  }
}

export function storeChoice(choice: Choice): void {
  try {
    if (choice === 'system') localStorage.removeItem(key);
    else localStorage.setItem(key, choice);
  } catch {
    // Without storage the choice holds for this page only.
  }
}

export const darkSystem = () => matchMedia('(prefers-color-scheme: dark)');

export const resolveTheme = (choice: Choice): Theme =>
  choice !== 'system' ? choice : darkSystem().matches ? 'dark' : 'light';
