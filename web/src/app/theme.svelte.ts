// Dark or light: follows the system until the reader chooses. boot.ts sets the theme on the root
// element before the first paint; from then on this does.

import {
  darkSystem,
  order,
  storeChoice,
  storedChoice,
  resolveTheme,
  type Choice,
  type Theme,
} from './themeChoice';

class ThemeState {
  choice = $state<Choice>('system');
  /** The current theme; charts redraw when it changes. */
  shown = $state<Theme>('light');

  follow(): void {
    this.choice = storedChoice();
    darkSystem().addEventListener('change', () => this.#apply());
    this.#apply();
  }

  next(): void {
    this.choice = order[(order.indexOf(this.choice) + 1) % order.length]!;
    storeChoice(this.choice);
    this.#apply();
  }

  #apply(): void {
    this.shown = resolveTheme(this.choice);
    document.documentElement.dataset.theme = this.shown;
  }
}

export const theme = new ThemeState();
