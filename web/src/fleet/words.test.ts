import { expect, it } from 'vitest';
import { inBrief } from './words';

it('says of another certificate that it changed, and of all else what it is', () => {
  const changed =
    'its certificate changed: expected SHA-256 ab…, found cd…; if the agent was set up anew, take it';
  expect(inBrief(changed)).toBe('its certificate changed');
  const ranOn = 'the computer ran on, the network failed';
  expect(inBrief(`${ranOn}: ${changed}`)).toBe(`${ranOn}: its certificate changed`);
  for (const reason of ['connection refused', 'TLS failed: its certificate has expired', ''])
    expect(inBrief(reason)).toBe(reason);
});
