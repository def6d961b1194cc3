// Runs before the first paint, while the document is still being read: a small file of its own,
// since the Content-Security-Policy lets no script stand in the page. The theme is on the root
// element before there is anything to be seen in it, and the catalogue of the reader's language is
// on its way while the rest of the page is.

import { storedChoice, themeOf } from './app/themeChoice';
import { languageFor, storedLanguage } from './text/language';

const root = document.documentElement;
root.dataset.theme = themeOf(storedChoice());
root.lang = languageFor(storedLanguage(), navigator.languages);

// The build writes where each catalogue lies beside the address of this file.
const catalogue = document.currentScript?.dataset[root.lang];
if (catalogue) {
  const link = document.createElement('link');
  link.rel = 'modulepreload';
  link.href = catalogue;
  document.head.append(link);
}
