import { describe, expect, it } from 'vitest';
import { maskTokens } from './mask';

const token = '0b7e2c9e-4d6f-4a51-9c3e-5f0a1b2c3d4e';

describe('text that looks like a token', () => {
  it('is masked in any position', () => {
    expect(maskTokens(token)).toBe('…3d4e');
    expect(maskTokens(`http://${token.toUpperCase()}:8000`)).toBe('http://…3D4E:8000');
    expect(maskTokens(`“${token.replaceAll('-', '')}” is too long for a tag`)).toBe(
      '“…3d4e” is too long for a tag',
    );
  });

  it('excludes names, addresses and words', () => {
    for (const plain of [
      'web-1',
      'http://ip-10-0-0-17.eu-central-1.compute.internal:8000',
      'i-0abcd1234ef567890',
      'Donaudampfschifffahrtsgesellschaft',
      'the name has more than 100 characters',
    ])
      expect(maskTokens(plain)).toBe(plain);
  });
});
