import { beforeAll, describe, expect, it, vi } from 'vitest';

type Catalogue = typeof import('./problems');

async function problemsIn(language: string): Promise<Catalogue> {
  vi.stubGlobal('navigator', { languages: [language] });
  vi.resetModules();
  return import('./problems');
}

describe('why a request was refused', () => {
  let english: Catalogue;
  let german: Catalogue;
  beforeAll(async () => {
    english = await problemsIn('en');
    german = await problemsIn('de');
  });
  const taken = { error: 'The name "a" is taken.', code: 'name_taken', params: { name: 'a' } };

  it("is shown in the reader's language", () => {
    expect(english.problemInWords(taken)).toBe('The name "a" is taken.');
    expect(german.problemInWords(taken)).toBe('Der Name „a“ ist vergeben.');
    const gone = { error: 'Computer not found', code: 'computer_not_found', params: {} };
    expect(german.problemInWords(gone)).toBe('Diesen Rechner gibt es nicht.');
  });

  it('is shown in English if its code is unknown', () => {
    for (const code of ['eaten_by_a_grue', 'constructor', ''])
      expect(german.problemInWords({ ...taken, code })).toBe(taken.error);
  });
});
