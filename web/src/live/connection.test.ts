import { expect, it } from 'vitest';
import { addressAfter } from './connection';

it('continues where it broke off, if it knows in which run of the server that was', () => {
  expect(addressAfter(null)).toBe('api/live');
  expect(addressAfter({ run: null, seq: 7 })).toBe('api/live');
  expect(addressAfter({ run: 'a1', seq: 7 })).toBe('api/live?after=a1-7');
});
