import { describe, expect, it } from 'vitest';
import type { Row } from '../api/types';
import { entryOf } from '../fleet/entry';
import { testRow } from '../fleet/testRow';
import { groupedByTag, placeFrom, placeOf, tagsOf, ungrouped } from './sections';

const entry = (name: string, tags: string[], more: Partial<Row> = {}) =>
  entryOf(testRow(name, null, { tags, ...more }));

const lost = entry('lost', ['web'], { condition: 'down' });
const both = entry('both', ['db', 'Web']);
const none = entry('none', []);
const sections = groupedByTag([lost, both, none]);

describe('groups', () => {
  it('are one a tag by name, and those without a tag last', () => {
    expect(sections.map(({ tag, entries }) => [tag, entries.map(({ row }) => row.name)])).toEqual([
      ['db', ['both']],
      ['web', ['lost', 'both']],
      [null, ['none']],
    ]);
  });

  it('say how many of them need a person', () => {
    expect(sections.map((section) => [section.down, section.needs_attention])).toEqual([
      [0, 0],
      [1, 0],
      [0, 0],
    ]);
  });

  it('are counted, however a tag is spelled', () => {
    expect(tagsOf([lost, both, none])).toEqual([
      { key: 'db', tag: 'db', count: 1 },
      { key: 'web', tag: 'web', count: 2 },
    ]);
  });
});

describe('going from computer to computer', () => {
  it('goes on in the next group, and no further than the ends', () => {
    const from = { section: 0, index: 0 };
    expect(placeFrom(sections, from, 1)).toEqual({ section: 1, index: 0 });
    expect(placeFrom(sections, from, 3)).toEqual({ section: 2, index: 0 });
    expect(placeFrom(sections, from, 9)).toEqual({ section: 2, index: 0 });
    expect(placeFrom(sections, { section: 2, index: 0 }, -1)).toEqual({ section: 1, index: 1 });
    expect(placeFrom(sections, from, -1)).toEqual(from);
  });

  it('knows in which group a computer was met', () => {
    expect(placeOf(sections, both.row.id, 'web')).toEqual({ section: 1, index: 1 });
    expect(placeOf(sections, both.row.id, 'db')).toEqual({ section: 0, index: 0 });
    expect(placeOf(ungrouped([lost, both]), both.row.id, 'web')).toEqual({ section: 0, index: 1 });
    expect(placeOf(sections, 999, null)).toBeNull();
  });
});
