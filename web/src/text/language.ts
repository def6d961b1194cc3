// The language of the dashboard: the reader's choice in this browser, else the first of the
// browser's languages with a catalogue, else English.

export const languages = ['en', 'de'] as const;
export type Language = (typeof languages)[number];
export type LanguageChoice = 'browser' | Language;

const key = 'muster-language';

const known = (tag: string): Language | undefined =>
  languages.find((language) => tag.toLowerCase().split('-')[0] === language);

/** The stored choice, if it is still valid. */
export function storedLanguage(): LanguageChoice {
  try {
    const stored = localStorage.getItem(key);
    return languages.find((language) => language === stored) ?? 'browser';
  } catch {
    return 'browser'; // Some private windows refuse access to storage.
  }
}

/** Every text changes, so the page reloads; false if nothing can be stored. */
export function storeLanguage(choice: LanguageChoice): boolean {
  try {
    if (choice === 'browser') localStorage.removeItem(key);
    else localStorage.setItem(key, choice);
    return true;
  } catch {
    return false;
  }
}

export function languageFor(choice: LanguageChoice, browser: readonly string[]): Language {
  if (choice !== 'browser') return choice;
  return browser.map(known).find((language) => language !== undefined) ?? 'en';
}

/** The reader's own formats for numbers and dates, if they belong to the language. */
export const localeFor = (language: Language, browser: readonly string[], otherwise: string) =>
  browser.find((tag) => known(tag) === language) ?? otherwise;
