import { expect, it } from 'vitest';
import type { Row } from '../../api/types';
import { findChanges, removeDowngrades } from './changes';
import { parseComputers, type Line } from './parse';

const row = { name: 'web-1', url: 'http://web-1:8000', tags: ['db', 'prod'] } as unknown as Row;

function lineOf(text: string): Line {
  const parsed = parseComputers(text);
  if (parsed.isTooLarge) throw new Error('too large');
  return parsed.lines[0]!;
}

it('contains what differs from the existing computer', () => {
  expect(findChanges(lineOf('web-1 web-1:8000 T'), row)).toEqual({ url: null, tags: null });
  expect(findChanges(lineOf('web-1,web-1:8000,T,prod;db'), row)).toEqual({ url: null, tags: null });
  expect(findChanges(lineOf('web-1,web-2:8000,T,prod'), row)).toEqual({
    url: { from: 'http://web-1:8000', to: 'http://web-2:8000' },
    tags: { from: 'db, prod', to: 'prod' },
  });
});

it('never switches from TLS to plain HTTP', () => {
  const sha256 = 'ab'.repeat(32);
  const known = new Map([['vm', { ...row, name: 'vm', url: 'https://vm:8000' }]]);
  const kinds = (text: string, rows = known) =>
    removeDowngrades([lineOf(text)], rows)[0]!.problems.map(({ kind }) => kind);
  const printed = 'Computer: vm\nToken: T\nDashboard should connect to: http://vm:18213';
  for (const plain of ['vm vm:8000 T', 'vm,HTTP://elsewhere:8000,T', printed])
    expect(kinds(plain), plain).toEqual(['losesTls']);
  // A line that keeps https, or brings its own certificate, may change the address.
  for (const safe of ['vm,https://other:8000,T', `vm,muster://other:8000?token=T&sha256=${sha256}`])
    expect(kinds(safe), safe).toEqual([]);
  expect(kinds(`${printed}\nmuster://vm:18213?token=T&sha256=${sha256}`)).toEqual([]);
  expect(kinds('another vm:8000 T')).toEqual([]);
  expect(kinds('vm vm:8000 T', new Map([['vm', { ...row, name: 'vm' }]]))).toEqual([]);
});
