import { describe, expect, it } from 'vitest';
import { cleanTag, inUse, mostTags, proposals, withTag } from './tags';

describe('a tag', () => {
  it('has 1 to 32 characters, none of them a comma or unseen', () => {
    expect(cleanTag(' prod ')).toBe('prod');
    expect(cleanTag('ü'.repeat(32))).toBe('ü'.repeat(32));
    for (const typed of ['', '  ', 'a,b', 'a\u0007', 'x'.repeat(33)])
      expect(cleanTag(typed)).toBe(null);
  });

  it('is there once, in whatever letters', () => {
    expect(withTag(['prod'], 'Prod')).toEqual(['prod']);
    expect(withTag(['prod'], 'db')).toEqual(['prod', 'db']);
    const full = Array.from({ length: mostTags }, (_, index) => `t${index}`);
    expect(withTag(full, 'more')).toEqual(full);
  });
});

describe('proposals', () => {
  const known = inUse([{ tags: ['prod', 'db'] }, { tags: ['prod'] }, { tags: ['staging'] }]);

  it('begin with the most used', () => {
    expect(known).toEqual(['prod', 'db', 'staging']);
    expect(proposals(known, [], '')).toEqual(['prod', 'db', 'staging']);
  });

  it('fit what is typed, its beginning before its middle', () => {
    expect(proposals(['prod', 'db', 'disk'], [], 'd')).toEqual(['db', 'disk', 'prod']);
    expect(proposals(known, ['PROD'], 'p')).toEqual([]);
  });
});
