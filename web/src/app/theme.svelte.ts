// Dark or light: as the system is, until the reader chooses. The choice stays in this browser.

export type Theme = 'light' | 'dark';
export type Choice = 'system' | Theme;

const key = 'muster-theme';
const order: Choice[] = ['system', 'light', 'dark'];

function storedChoice(): Choice {
  try {
    const stored = localStorage.getItem(key);
    return order.find((choice) => choice === stored) ?? 'system';
  } catch {
    return 'system'; // Storage is refused in some private windows.
  }
}

class ThemeState {
  choice = $state<Choice>('system');
  /** What is shown now; charts redraw when it changes. */
  shown = $state<Theme>('light');
  #system = matchMedia('(prefers-color-scheme: dark)');

  follow(): void {
    this.choice = storedChoice();
    this.#system.addEventListener('change', () => this.#apply());
    this.#apply();
  }

  next(): void {
    this.choice = order[(order.indexOf(this.choice) + 1) % order.length]!;
    try {
      if (this.choice === 'system') localStorage.removeItem(key);
      else localStorage.setItem(key, this.choice);
    } catch {
      // Then the choice holds for this page only.
    }
    this.#apply();
  }

  #apply(): void {
    const system = this.#system.matches ? 'dark' : 'light';
    this.shown = this.choice === 'system' ? system : this.choice;
    document.documentElement.dataset.theme = this.shown;
  }
}

export const theme = new ThemeState();
