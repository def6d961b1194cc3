// Runs before the first paint, while the document still loads: a separate small file, since the
// Content-Security-Policy forbids inline scripts. It sets the theme on the root element before
// anything is visible, and starts loading the catalogue of the reader's language early.

import { storedChoice, resolveTheme } from './app/themeChoice';
import { languageFor, storedLanguage } from './text/language';

const root = document.documentElement;
root.dataset.theme = resolveTheme(storedChoice());
root.lang = languageFor(storedLanguage(), navigator.languages);

// The build writes the address of each catalogue next to that of this file.
const catalogue = document.currentScript?.dataset[root.lang];
if (catalogue) {
  const link = document.createElement('link');
  link.rel = 'modulepreload';
  link.href = catalogue;
  document.head.append(link);
}
