import { describe, expect, it } from 'vitest';
import type { Row } from '../api/types';
import { toEntry } from '../fleet/entry';
import { testRow } from '../fleet/testRow';
import { groupByTag, movePlace, findPlace, countTags, toSingleSection } from './sections';

const entry = (name: string, tags: string[], more: Partial<Row> = {}) =>
  toEntry(testRow(name, null, { tags, ...more }));

const lost = entry('lost', ['web'], { condition: 'down' });
const both = entry('both', ['db', 'Web']);
const none = entry('none', []);
const sections = groupByTag([lost, both, none]);

describe('groups', () => {
  it('form one section per tag, sorted by name, with untagged computers last', () => {
    expect(sections.map(({ tag, entries }) => [tag, entries.map(({ row }) => row.name)])).toEqual([
      ['db', ['both']],
      ['web', ['lost', 'both']],
      [null, ['none']],
    ]);
  });

  it('count the computers that need a person', () => {
    expect(sections.map((section) => [section.down, section.needs_attention])).toEqual([
      [0, 0],
      [1, 0],
      [0, 0],
    ]);
  });

  it('ignore the case of a tag', () => {
    expect(countTags([lost, both, none])).toEqual([
      { key: 'db', tag: 'db', count: 1 },
      { key: 'web', tag: 'web', count: 2 },
    ]);
  });
});

describe('going from computer to computer', () => {
  it('continues in the next group and stops at the ends', () => {
    const from = { section: 0, index: 0 };
    expect(movePlace(sections, from, 1)).toEqual({ section: 1, index: 0 });
    expect(movePlace(sections, from, 3)).toEqual({ section: 2, index: 0 });
    expect(movePlace(sections, from, 9)).toEqual({ section: 2, index: 0 });
    expect(movePlace(sections, { section: 2, index: 0 }, -1)).toEqual({ section: 1, index: 1 });
    expect(movePlace(sections, from, -1)).toEqual(from);
  });

  it('remembers the group of a computer', () => {
    expect(findPlace(sections, both.row.id, 'web')).toEqual({ section: 1, index: 1 });
    expect(findPlace(sections, both.row.id, 'db')).toEqual({ section: 0, index: 0 });
    expect(findPlace(toSingleSection([lost, both]), both.row.id, 'web')).toEqual({
      section: 0,
      index: 1,
    });
    expect(findPlace(sections, 999, null)).toBeNull();
  });
});
