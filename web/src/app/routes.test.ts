import { describe, expect, it } from 'vitest';
import { pathBelow, parseRoute } from './routes';

describe('parseRoute', () => {
  it('knows every page', () => {
    expect(parseRoute('')).toEqual({ page: 'overview' });
    expect(parseRoute('computer/17')).toEqual({ page: 'computer', id: 17 });
    const plain = ['compare', 'manage', 'people', 'account', 'audit'];
    for (const page of plain) expect(parseRoute(page)).toEqual({ page });
    expect(parseRoute('change_password')).toEqual({ page: 'changePassword' });
    expect(parseRoute('login')).toEqual({ page: 'login' });
  });

  it('recognizes unknown pages', () => {
    for (const path of ['computer', 'computer/0', 'computer/x', 'computer/1/2', 'toString'])
      expect(parseRoute(path)).toEqual({ page: 'unknown' });
  });
});

describe('pathBelow', () => {
  const base = new URL('https://example.org/monitor/');
  const below = (address: string) => pathBelow(base, new URL(address, base));

  it('accepts only addresses below the base', () => {
    expect(below('computer/1?span=day')).toBe('computer/1');
    expect(below('https://example.org/other')).toBeNull();
    expect(below('https://example.com/monitor/manage')).toBeNull();
  });

  it("leaves the server's own paths to it", () => {
    expect(below('logout')).toBeNull();
    expect(below('api/openapi.json')).toBeNull();
  });
});
