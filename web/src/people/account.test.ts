import { describe, expect, it } from 'vitest';
import { objectionToNew, objectionToPassword } from './account';

describe('a new account', () => {
  it('needs a name and a password of 8 characters', () => {
    expect(objectionToNew(' ', 'long-enough')?.field).toBe('username');
    expect(objectionToNew('eve', '1234567')?.field).toBe('password');
    // Four characters, but eight UTF-16 units.
    expect(objectionToNew('eve', '😀😀😀😀')?.field).toBe('password');
    expect(objectionToNew('eve', '12345678')).toBeNull();
  });
});

describe('a changed password', () => {
  it('may be left as it is', () => {
    expect(objectionToPassword('')).toBeNull();
    expect(objectionToPassword('short')).not.toBeNull();
  });
});
