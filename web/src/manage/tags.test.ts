import { describe, expect, it } from 'vitest';
import { cleanTag, tagsInUse, mostTags, suggestTags, addTag } from './tags';

describe('a tag', () => {
  it('has 1 to 32 visible characters without commas', () => {
    expect(cleanTag(' prod ')).toBe('prod');
    expect(cleanTag('ü'.repeat(32))).toBe('ü'.repeat(32));
    for (const typed of ['', '  ', 'a,b', 'a\u0007', 'x'.repeat(33)])
      expect(cleanTag(typed)).toBe(null);
  });

  it('is unique, ignoring case', () => {
    expect(addTag(['prod'], 'Prod')).toEqual(['prod']);
    expect(addTag(['prod'], 'db')).toEqual(['prod', 'db']);
    const full = Array.from({ length: mostTags }, (_, index) => `t${index}`);
    expect(addTag(full, 'more')).toEqual(full);
  });
});

describe('proposals', () => {
  const known = tagsInUse([{ tags: ['prod', 'db'] }, { tags: ['prod'] }, { tags: ['staging'] }]);

  it('begin with the most used', () => {
    expect(known).toEqual(['prod', 'db', 'staging']);
    expect(suggestTags(known, [], '')).toEqual(['prod', 'db', 'staging']);
  });

  it('match the typed text, prefixes first', () => {
    expect(suggestTags(['prod', 'db', 'disk'], [], 'd')).toEqual(['db', 'disk', 'prod']);
    expect(suggestTags(known, ['PROD'], 'p')).toEqual([]);
  });
});
