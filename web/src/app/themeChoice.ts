// The theme that the reader chose, as this browser keeps it.

export type Theme = 'light' | 'dark';
export type Choice = 'system' | Theme;

const key = 'muster-theme';
export const order: readonly Choice[] = ['system', 'light', 'dark'];

export function storedChoice(): Choice {
  try {
    const stored = localStorage.getItem(key);
    return order.find((choice) => choice === stored) ?? 'system';
  } catch {
    return 'system'; // Storage is refused in some private windows.
  }
}

export function storeChoice(choice: Choice): void {
  try {
    if (choice === 'system') localStorage.removeItem(key);
    else localStorage.setItem(key, choice);
  } catch {
    // Then the choice holds for this page only.
  }
}

export const darkSystem = () => matchMedia('(prefers-color-scheme: dark)');

export const themeOf = (choice: Choice): Theme =>
  choice !== 'system' ? choice : darkSystem().matches ? 'dark' : 'light';
