import { describe, expect, it } from 'vitest';
import { findFreeName } from './names';

describe('findFreeName', () => {
  it('leaves a name that is free', () => {
    expect(findFreeName('web-1', ['web-2', 'web-10'])).toBe('web-1');
    expect(findFreeName('', ['web-1'])).toBe('');
  });

  it('counts on from one that is taken', () => {
    expect(findFreeName('web-1', ['web-1'])).toBe('web-1 2');
    expect(findFreeName('web-1', ['Web-1', 'web-1 2'])).toBe('web-1 3');
  });
});
