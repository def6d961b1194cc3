// The page in German: numbers and dates follow the language, and every text has a translation.

import { beforeAll, describe, expect, it, vi } from 'vitest';
import { en } from './en';
import { de } from './de';

describe('German', () => {
  let format: typeof import('../format');
  beforeAll(async () => {
    vi.stubGlobal('navigator', { languages: ['de-DE', 'en'] });
    vi.resetModules();
    format = await import('../format');
  });

  it('has its own decimal separator and month names', () => {
    expect(format.bytes(9.3 * 2 ** 30).number).toBe('9,3');
    expect(format.percent(0.34, 1).number).toBe('0,3');
    expect(format.ratesTogether(1_200, 8_400_000).numbers).toEqual(['0,0', '8,4']);
    expect(format.dayName(Date.UTC(2026, 4, 21, 12))).toBe('21. Mai');
    expect(format.durationInWords(12 * 86_400_000)).toBe('12 Tage');
    expect(format.ago(0, 480_000)).toBe('vor 8\u00a0min');
    expect(format.ago(0, 3 * 86_400_000)).toBe('vor 3\u00a0Tagen');
  });

  it('inflects numbers and cases correctly', () => {
    expect(de.condition.healthyFor('12 Tage')).toBe('in Ordnung, antwortet seit 12 Tagen');
    expect(de.condition.healthyFor('1 Tag')).toBe('in Ordnung, antwortet seit 1 Tag');
    expect(de.several.send(3_000, 0)).toBe('3.000 Rechner hinzufügen');
    expect(de.overview.shown(5, 10_000)).toBe('5 von 10.000 Rechnern');
  });
});

/** Every text by its path; a function counts as one text. */
function textsOf(catalogue: object, path = ''): [string, unknown][] {
  return Object.entries(catalogue).flatMap(([key, value]) =>
    typeof value === 'object' ? textsOf(value, `${path}${key}.`) : [[`${path}${key}`, value]],
  );
}

it('has no text that was left in English', () => {
  const english = new Map(textsOf(en));
  const same = textsOf(de)
    .filter(([path, value]) => typeof value === 'string' && english.get(path) === value)
    .map(([path]) => path.split('.').at(-1));
  // Words and examples that are the same in both languages.
  const shared =
    /^(product|missing|percent|\d+|second|minute|hour|day|en|de|cpu|cpu_percent|system|kernel|host|agent|name|address(Placeholder)?|namePlaceholder|pid|token|tokenName|administrator|quarter|sixHours|week|month|tags|more|perSecond|cpus|swap|\d+m)$/;
  expect(same.filter((key) => !shared.test(key!))).toEqual([]);
});

it('uses the same parameters in each sentence as English', () => {
  const english = new Map(textsOf(en));
  // English needs no texts for problems.
  const texts = textsOf(de).filter(([path]) => !path.startsWith('problems.'));
  for (const [path, value] of texts) {
    const other = english.get(path);
    expect(typeof value, path).toBe(typeof other);
    if (typeof value === 'function' && typeof other === 'function')
      expect(value.length, path).toBe(other.length);
  }
});
