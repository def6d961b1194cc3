import { expect, it } from 'vitest';
import type { Row } from '../../api/types';
import { changesOf } from './changes';
import { parse, type Line } from './parse';

const row = { name: 'web-1', url: 'http://web-1:8000', tags: ['db', 'prod'] } as unknown as Row;

function lineOf(text: string): Line {
  const parsed = parse(text);
  if (parsed.isTooLarge) throw new Error('too large');
  return parsed.lines[0]!;
}

it('is what differs from the computer that is there', () => {
  expect(changesOf(lineOf('web-1 web-1:8000 T'), row)).toEqual({ url: null, tags: null });
  expect(changesOf(lineOf('web-1,web-1:8000,T,prod;db'), row)).toEqual({ url: null, tags: null });
  expect(changesOf(lineOf('web-1,web-2:8000,T,prod'), row)).toEqual({
    url: { from: 'http://web-1:8000', to: 'http://web-2:8000' },
    tags: { from: 'db, prod', to: 'prod' },
  });
});
