// Which language the dashboard speaks: the reader's choice in this browser, else the first of the
// browser's languages that there is a catalogue for, else English.

export const languages = ['en', 'de'] as const;
export type Language = (typeof languages)[number];
export type LanguageChoice = 'browser' | Language;

const key = 'muster-language';

const known = (tag: string): Language | undefined =>
  languages.find((language) => tag.toLowerCase().split('-')[0] === language);

/** The choice that is stored, where there is one that still means something. */
export function storedLanguage(): LanguageChoice {
  try {
    const stored = localStorage.getItem(key);
    return languages.find((language) => language === stored) ?? 'browser';
  } catch {
    return 'browser'; // Storage is refused in some private windows.
  }
}

/** Every text of the page changes, so the page is loaded anew; false where nothing can be stored. */
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

/** The reader's own habits for numbers and dates, as far as they belong to the language. */
export const localeFor = (language: Language, browser: readonly string[], otherwise: string) =>
  browser.find((tag) => known(tag) === language) ?? otherwise;
