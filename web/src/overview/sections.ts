// The list divided into one section for each tag.

import type { Condition } from '../api/types';
import type { Entry } from '../fleet/entry';

export interface Section {
  /** Null for computers without a tag, and for an ungrouped list. */
  tag: string | null;
  entries: Entry[];
  down: number;
  needs_attention: number;
}

export interface TagCount {
  key: string;
  /** In the spelling of the first computer that has it. */
  tag: string;
  count: number;
}

/** All tags in use, by name. */
export function countTags(entries: readonly Entry[]): TagCount[] {
  const found = new Map<string, TagCount>();
  for (const { row, tagKeys } of entries)
    tagKeys.forEach((key, index) => {
      const known = found.get(key);
      if (known) known.count += 1;
      else found.set(key, { key, tag: row.tags[index] ?? key, count: 1 });
    });
  return [...found.values()].sort((one, other) => one.key.localeCompare(other.key));
}

function sectionOf(tag: string | null, entries: Entry[]): Section {
  const having = (condition: Condition) =>
    entries.reduce((count, { row }) => count + Number(row.condition === condition), 0);
  return { tag, entries, down: having('down'), needs_attention: having('needs_attention') };
}

export const toSingleSection = (entries: Entry[]): Section[] => [
  { tag: null, entries, down: 0, needs_attention: 0 },
];

/** Keeps the order of the entries within each section; a computer with two tags is in both. */
export function groupByTag(entries: Entry[]): Section[] {
  const groups = new Map<string, Entry[]>(countTags(entries).map(({ key }) => [key, []]));
  const untagged: Entry[] = [];
  for (const entry of entries) {
    for (const key of entry.tagKeys) groups.get(key)!.push(entry);
    if (entry.tagKeys.length === 0) untagged.push(entry);
  }
  const sections = [...groups].map(([key, members]) => {
    const { row, tagKeys } = members[0]!;
    return sectionOf(row.tags[tagKeys.indexOf(key)] ?? key, members);
  });
  return untagged.length > 0 ? [...sections, sectionOf(null, untagged)] : sections;
}

/** A visible line and its content. */
export interface FilledLine {
  slot: string;
  section: Section;
  /** The index of its first entry in the section; -1 for a heading. */
  first: number;
  /** Its index in the whole list, including headings. */
  number: number;
  entries: Entry[];
}

/** A computer's position in the list, by section and index. */
export interface Place {
  section: number;
  index: number;
}

/** The position that many steps away, limited to the ends of the list. */
export function movePlace(sections: readonly Section[], from: Place, step: number): Place {
  let { section, index } = from;
  index += step;
  while (index < 0 && section > 0) {
    section -= 1;
    index += sections[section]!.entries.length;
  }
  while (index >= sections[section]!.entries.length && section < sections.length - 1) {
    index -= sections[section]!.entries.length;
    section += 1;
  }
  return { section, index: Math.max(0, Math.min(index, sections[section]!.entries.length - 1)) };
}

/** Where a computer is; in this tag's section if it is in there. */
export function findPlace(
  sections: readonly Section[],
  id: number | null,
  tag: string | null,
): Place | null {
  let place: Place | null = null;
  for (const [section, { tag: itsTag, entries }] of sections.entries()) {
    if (place !== null && itsTag !== tag) continue;
    const index = entries.findIndex(({ row }) => row.id === id);
    if (index >= 0) place = { section, index };
  }
  return place;
}
