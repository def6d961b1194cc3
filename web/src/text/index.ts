// The catalogue that holds for this reader. Another language is another file beside en.ts that
// satisfies `Text`, and one more line here.

import { en } from './en';

export type Text = typeof en;

export const text: Text = en;

/** The reader's own habits for dates, as far as they belong to the catalogue's language. */
export const locale: string =
  globalThis.navigator?.languages?.find((language) => language.startsWith(text.language)) ??
  text.locale;
