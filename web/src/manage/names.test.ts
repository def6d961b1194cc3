import { describe, expect, it } from 'vitest';
import { freeName } from './names';

describe('freeName', () => {
  it('leaves a name that is free', () => {
    expect(freeName('web-1', ['web-2', 'web-10'])).toBe('web-1');
    expect(freeName('', ['web-1'])).toBe('');
  });

  it('counts on from one that is taken', () => {
    expect(freeName('web-1', ['web-1'])).toBe('web-1 2');
    expect(freeName('web-1', ['Web-1', 'web-1 2'])).toBe('web-1 3');
  });
});
