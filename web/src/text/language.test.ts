import { describe, expect, it } from 'vitest';
import { languageFor, localeFor } from './language';

describe('the language', () => {
  it("is the first of the browser's languages with a catalogue", () => {
    expect(languageFor('browser', ['de-AT', 'en'])).toBe('de');
    expect(languageFor('browser', ['fr', 'de', 'en'])).toBe('de');
    expect(languageFor('browser', ['en-US', 'de'])).toBe('en');
    expect(languageFor('browser', ['DE'])).toBe('de');
  });

  it('falls back to English', () => {
    expect(languageFor('browser', ['fr-FR', 'den', 'english'])).toBe('en');
    expect(languageFor('browser', [])).toBe('en');
  });

  it('is the chosen one, regardless of the browser', () => {
    expect(languageFor('en', ['de'])).toBe('en');
  });
});

it('keeps the habits of the reader’s country where they are of that language', () => {
  expect(localeFor('de', ['en-US', 'de-AT'], 'de-DE')).toBe('de-AT');
  expect(localeFor('de', ['en-US'], 'de-DE')).toBe('de-DE');
});
