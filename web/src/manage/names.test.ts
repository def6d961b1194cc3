import { describe, expect, it } from 'vitest';
import { findFreeName } from './names';

describe('findFreeName', () => {
  it('keeps a free name', () => {
    expect(findFreeName('web-1', ['web-2', 'web-10'])).toBe('web-1');
    expect(findFreeName('', ['web-1'])).toBe('');
  });

  it('appends the next number to a taken name', () => {
    expect(findFreeName('web-1', ['web-1'])).toBe('web-1 2');
    expect(findFreeName('web-1', ['Web-1', 'web-1 2'])).toBe('web-1 3');
  });
});
