import { describe, expect, it } from 'vitest';
import { parseAgentLine, normalizeAddress, sameHost } from './address';

describe('normalizeAddress', () => {
  it('defaults to http', () => {
    expect(normalizeAddress(' web-1:8000 ')).toBe('http://web-1:8000');
    expect(normalizeAddress('10.0.0.7:8000/')).toBe('http://10.0.0.7:8000');
    expect(normalizeAddress('[::1]:8000')).toBe('http://[::1]:8000');
  });

  it('keeps a scheme and a path', () => {
    expect(normalizeAddress('https://example.org/agent/')).toBe('https://example.org/agent');
    expect(normalizeAddress('HTTP://Web-1:8000')).toBe('HTTP://Web-1:8000');
  });

  it('rejects invalid addresses', () => {
    for (const typed of ['', '   ', 'ftp://web-1', 'web 1:8000', 'http://', 'web-1:notaport'])
      expect(normalizeAddress(typed)).toBeNull();
  });
});

describe('sameHost', () => {
  it('compares only the host', () => {
    expect(sameHost('http://web-1:8000', 'https://WEB-1:9000/agent')).toBe(true);
    expect(sameHost('http://web-1:8000', 'http://web-2:8000')).toBe(false);
    expect(sameHost('http://web-1:8000', 'nonsense')).toBe(false);
  });
});

describe('parseAgentLine', () => {
  const tls_sha256 = 'ab'.repeat(32);

  it('extracts address, token and certificate', () => {
    const line = ` muster://web-1:8000?token=a%26b%2Bc&sha256=${tls_sha256} `;
    expect(parseAgentLine(line)).toEqual({ url: 'https://web-1:8000', token: 'a&b+c', tls_sha256 });
  });

  it('rejects incomplete lines', () => {
    for (const line of [
      'https://web-1:8000',
      'muster://web-1:8000',
      'muster://web-1:8000?token=t',
      `muster://web-1:8000?sha256=${tls_sha256}`,
      'muster://web-1:8000?token=t&sha256=ab',
      `muster://?token=t&sha256=${tls_sha256}`,
    ])
      expect(parseAgentLine(line), line).toBeNull();
  });
});
