import { describe, expect, it } from 'vitest';
import { normalAddress, sameHost } from './address';

describe('normalAddress', () => {
  it('takes http where no scheme is given', () => {
    expect(normalAddress(' web-1:8000 ')).toBe('http://web-1:8000');
    expect(normalAddress('10.0.0.7:8000/')).toBe('http://10.0.0.7:8000');
    expect(normalAddress('[::1]:8000')).toBe('http://[::1]:8000');
  });

  it('keeps a scheme and a path', () => {
    expect(normalAddress('https://example.org/agent/')).toBe('https://example.org/agent');
    expect(normalAddress('HTTP://Web-1:8000')).toBe('HTTP://Web-1:8000');
  });

  it('refuses what is none', () => {
    for (const typed of ['', '   ', 'ftp://web-1', 'web 1:8000', 'http://', 'web-1:notaport'])
      expect(normalAddress(typed)).toBeNull();
  });
});

describe('sameHost', () => {
  it('looks at the host alone', () => {
    expect(sameHost('http://web-1:8000', 'https://WEB-1:9000/agent')).toBe(true);
    expect(sameHost('http://web-1:8000', 'http://web-2:8000')).toBe(false);
    expect(sameHost('http://web-1:8000', 'nonsense')).toBe(false);
  });
});
