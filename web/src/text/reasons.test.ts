import { beforeAll, describe, expect, it, vi } from 'vitest';

type Catalogue = typeof import('./reasons');

async function reasonsIn(language: string): Promise<Catalogue> {
  vi.stubGlobal('navigator', { languages: [language] });
  vi.resetModules();
  return import('./reasons');
}

/** A reason as the API sends it, with an English text that reveals missing translations. */
const reason = (reason_code: string | null, reason_params: Record<string, unknown> = {}) => ({
  reason: 'as the server says it',
  ...{ reason_code, reason_params },
});

describe('a reason', () => {
  let english: Catalogue;
  let german: Catalogue;
  beforeAll(async () => {
    english = await reasonsIn('en');
    german = await reasonsIn('de');
  });
  const both = (code: string | null, params?: Record<string, unknown>) =>
    [english, german].map(({ reasonInWords }) => reasonInWords(reason(code, params)));

  it("is shown in the reader's language, with its parameters", () => {
    expect(both('connection_refused')).toEqual(['connection refused', 'Verbindung abgelehnt']);
    expect(both('connect_timeout', { seconds: 5 })).toEqual([
      'no connection within 5 s',
      'keine Verbindung binnen 5 s',
    ]);
    expect(both('name_not_resolved', { name: 'web-1' })).toEqual([
      'the name "web-1" could not be resolved',
      'der Name „web-1“ ist nicht auflösbar',
    ]);
    expect(both('invalid_address', { problem: 'scheme' })[1]).toMatch(/http:\/\/ oder https/);
    expect(both('answer_too_large', { limit_bytes: 1_048_576 })[0]).toBe(
      'answered more than 1 MiB',
    );
  });

  it('omits parameters that the server does not send', () => {
    expect(both('connection_broken')[0]).toBe('the connection broke');
    expect(both('connection_broken', { detail: 'reset' })[1]).toBe('Verbindung abgebrochen: reset');
    expect(both('server_blind')[1]).toBe('dieser Server sah nichts');
    expect(both('server_blind', { failing: 6, of: 20 })[1]).toBe(
      'dieser Server sah nichts: 6 von 20 Rechnern antworteten auf einmal nicht',
    );
  });

  it('shows a nested sentence of an earlier version as it is', () => {
    const old = { code: 'text', params: { text: 'in other words' } };
    expect(both('network_failed', { reason: old })[0]).toBe(
      'the computer kept running, the network failed: in other words',
    );
  });

  it('explains the HTTP statuses that have a known cause', () => {
    const status = (status: number, phrase: string) => both('http_status', { status, phrase });
    expect(status(503, 'Service Unavailable')).toEqual([
      'answered 503 Service Unavailable',
      'Antwort 503 Service Unavailable',
    ]);
    expect(status(400, 'Bad Request')[0]).toMatch(/^answered 400 Bad Request: an agent that/);
    expect(status(302, 'Found')[1]).toMatch(/^Antwort 302 Found: Umleitungen/);
    expect(status(599, '')[0]).toBe('answered 599');
  });

  it('lists evidence part by part', () => {
    const seen = { memory_percent: 97, busiest: 'java' };
    expect(both('rebooted_uncleanly', seen)).toEqual([
      'rebooted, uncleanly; memory was at 97 % before; busiest process java',
      'neu gestartet, ohne geordnetes Herunterfahren; Speicher davor zu 97\u00a0% belegt; aktivster Prozess java',
    ]);
    expect(both('agent_crashed', { busiest: 'java' })[1]).toBe(
      'der Agent ist abgestürzt oder wurde gewaltsam beendet; aktivster Prozess java',
    );
    const nested = { reason: { code: 'answer_timeout', params: { seconds: 10 } } };
    expect(both('network_failed', nested)).toEqual([
      'the computer kept running, the network failed: no answer within 10 s',
      'der Rechner lief weiter, das Netz fiel aus: keine Antwort binnen 10 s',
    ]);
    expect(both('network_failed', { reason: { code: 'no_route' } })[0]).toMatch(/: no route/);
  });

  it('is shown in English if its code is unknown', () => {
    for (const code of ['text', 'eaten_by_a_grue', 'constructor', null])
      expect(both(code)).toEqual(['as the server says it', 'as the server says it']);
    expect(english.reasonInWords({ ...reason(null), reason: null })).toBeNull();
  });
});
