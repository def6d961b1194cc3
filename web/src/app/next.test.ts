import { describe, expect, it } from 'vitest';
import { validateNext, loginAddress } from './next';

describe('the page to return to after the login', () => {
  it('accepts our own pages', () => {
    for (const next of ['/computer/17', '/computer/17?span=day&to=5', '/manage', '/?show=silent'])
      expect(validateNext(next)).toBe(next);
  });

  it('rejects everything else', () => {
    for (const next of [
      null,
      '',
      '/',
      'computer/17',
      '//evil.example',
      '///evil.example',
      '/\\evil.example',
      '\\\\evil.example',
      '/\t/evil.example',
      '/%2f/evil.example',
      'https:evil.example',
      'https://evil.example/',
      'javascript:alert(1)',
      '/javascript:alert(1)',
      'data:text/html,x',
      '/computer/../logout',
      '/computer/17/../../logout',
      '/computer/1\r\nSet-Cookie: x',
      '/computer/1#x',
      '/computer/1?a\\b',
      '/logout',
      '/login?next=/manage',
      '/change_password',
      '/api/live',
      '/nowhere',
      `/?search=${'x'.repeat(600)}`,
    ])
      expect(validateNext(next), String(next)).toBeNull();
  });
});

describe('the login page', () => {
  const base = new URL('https://example.org/monitor/');
  const from = (address: string) => loginAddress(base, new URL(address, base));

  it('receives the page, relative to the base', () => {
    expect(from('computer/17?span=day')).toBe('login?next=%2Fcomputer%2F17%3Fspan%3Dday');
    expect(from('?search=ü b')).toBe('login?next=%2F%3Fsearch%3D%25C3%25BC%2520b');
  });

  it('receives neither unknown pages nor the first page', () => {
    for (const address of ['.', 'login', 'logout', 'nowhere', 'https://example.org/manage'])
      expect(from(address)).toBe('login');
  });
});
