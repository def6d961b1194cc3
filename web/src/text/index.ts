// The catalogue for this reader's language. It loads before the rest of the page runs, and no other
// catalogue does, so an additional language costs other readers nothing. To add one, add a file
// beside de.ts that satisfies `Text`, a line here, and its name in language.ts.

import type { en } from './en';
import { languageFor, localeFor, storedLanguage, type Language } from './language';

export type Text = typeof en;

const catalogues: Record<Language, () => Promise<Text>> = {
  en: async () => (await import('./en')).en,
  de: async () => (await import('./de')).de,
};

const browser = globalThis.navigator?.languages ?? [];

export const language: Language = languageFor(storedLanguage(), browser);
export const text: Text = await catalogues[language]();
export const locale: string = localeFor(language, browser, text.locale);
