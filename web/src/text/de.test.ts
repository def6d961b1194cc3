// The page in German: numbers and dates follow, and what the server says is translated where it is known.

import { beforeAll, describe, expect, it, vi } from 'vitest';
import { en } from './en';
import { de } from './de';
import { said } from './said.de';

describe('German', () => {
  let format: typeof import('../format');
  beforeAll(async () => {
    vi.stubGlobal('navigator', { languages: ['de-DE', 'en'] });
    vi.resetModules();
    format = await import('../format');
  });

  it('has its own decimal sign, and its own names of months', () => {
    expect(format.bytes(9.3 * 2 ** 30).number).toBe('9,3');
    expect(format.percent(0.34, 1).number).toBe('0,3');
    expect(format.ratesTogether(1_200, 8_400_000).numbers).toEqual(['0,0', '8,4']);
    expect(format.dayName(Date.UTC(2026, 4, 21, 12))).toBe('21. Mai');
    expect(format.durationInWords(12 * 86_400_000)).toBe('12 Tage');
    expect(format.ago(0, 480_000)).toBe('vor 8\u00a0min');
    expect(format.ago(0, 3 * 86_400_000)).toBe('vor 3\u00a0Tagen');
  });

  it('says numbers and cases as they are said', () => {
    expect(de.condition.wellFor('12 Tage')).toBe('in Ordnung, antwortet seit 12 Tagen');
    expect(de.condition.wellFor('1 Tag')).toBe('in Ordnung, antwortet seit 1 Tag');
    expect(de.several.send(3_000, 0)).toBe('3.000 Rechner hinzufügen');
    expect(de.overview.shown(5, 10_000)).toBe('5 von 10.000 Rechnern');
  });
});

/** Every text by its path; a function counts as one. */
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
  // Words and examples that are the same in both.
  const shared =
    /^(product|missing|percent|\d+|second|minute|hour|day|en|de|cpu|cpu_percent|system|kernel|host|agent|name|address(Placeholder)?|namePlaceholder|pid|token|tokenName|administrator|quarter|sixHours|week|month|tags|more|perSecond|cpus|swap|\d+m)$/;
  expect(same.filter((key) => !shared.test(key!))).toEqual([]);
});

it('takes as many facts into each sentence as English does', () => {
  const english = new Map(textsOf(en));
  for (const [path, value] of textsOf(de)) {
    const other = english.get(path);
    expect(typeof value, path).toBe(typeof other);
    if (typeof value === 'function' && typeof other === 'function')
      expect(value.length, path).toBe(other.length);
  }
});

describe('what the server says', () => {
  it('is said in German where it is known', () => {
    expect(said('connection refused')).toBe('Verbindung abgelehnt');
    expect(said('no connection within 5 s')).toBe('keine Verbindung binnen 5 s');
    expect(said('the name "web-1" could not be resolved')).toBe(
      'der Name „web-1“ ist nicht auflösbar',
    );
    expect(said('TLS failed: its certificate has expired')).toBe(
      'TLS gescheitert: das Zertifikat ist abgelaufen',
    );
    expect(said('answered 503 Service Unavailable')).toBe('Antwort 503 Service Unavailable');
    expect(said('The name "a" is taken.')).toBe('Der Name „a“ ist vergeben.');
    expect(said('"a,b" is not a valid tag: 1 to 32 visible characters, no commas.')).toMatch(
      /nicht „a,b“\.$/,
    );
  });

  it('is said of another certificate in brief, and in full where it was tested', () => {
    expect(said('its certificate changed')).toBe('das Zertifikat hat sich geändert');
    const found =
      'its certificate changed: expected SHA-256 ab…, found cd…; if the agent was set up';
    const end = 'somebody may be intercepting the connection';
    expect(said(`${found} anew, take the new one over, else ${end}`)).toMatch(
      /gefunden cd…; wurde/,
    );
  });

  it('is said part by part where it is evidence', () => {
    const seen = 'memory was at 97 % before; busiest process java; or so';
    expect(said(`rebooted, uncleanly; ${seen}`)).toBe(
      'neu gestartet, ohne geordnetes Herunterfahren; Speicher davor zu 97\u00a0% belegt; aktivster Prozess java; or so',
    );
    expect(said('the agent crashed or was killed; busiest process java')).toBe(
      'der Agent ist abgestürzt oder wurde gewaltsam beendet; aktivster Prozess java',
    );
    expect(said('the computer ran on, the network failed: no answer within 10 s')).toBe(
      'der Rechner lief weiter, das Netz fiel aus: keine Antwort binnen 10 s',
    );
    expect(said('this server could not see: 6 of 20 computers failed at once')).toBe(
      'dieser Server sah nichts: 6 von 20 Rechnern antworteten auf einmal nicht',
    );
  });

  it('is shown as it came where it is not', () => {
    for (const sentence of ['', 'something new', 'constructor', 'answered nothing'])
      expect(said(sentence)).toBe(sentence);
  });
});
