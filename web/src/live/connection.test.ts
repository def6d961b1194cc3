import { expect, it } from 'vitest';
import { addressAfter } from './connection';

it("resumes from the last update if the server's run is known", () => {
  expect(addressAfter(null)).toBe('api/live');
  expect(addressAfter({ run: null, seq: 7 })).toBe('api/live');
  expect(addressAfter({ run: 'a1', seq: 7 })).toBe('api/live?after=a1-7');
});
