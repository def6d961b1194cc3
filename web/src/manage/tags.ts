// Tags of a computer: what may be one, and which are proposed. The server has the same rules.

export const mostTags = 16;
export const longestTag = 32;

/** Without white space around it; null where it is no tag. */
export function cleanTag(typed: string): string | null {
  const tag = typed.trim();
  const length = [...tag].length;
  return length < 1 || length > longestTag || /[,\p{C}]/u.test(tag) ? null : tag;
}

const same = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();

export const has = (tags: readonly string[], tag: string): boolean =>
  tags.some((other) => same(other, tag));

/** With one more, where there is room; a tag that is there in other letters stays as it is. */
export const withTag = (tags: readonly string[], tag: string): string[] =>
  has(tags, tag) || tags.length >= mostTags ? [...tags] : [...tags, tag];

/** Tags in use, the most used first. */
export function inUse(computers: Iterable<{ tags: readonly string[] }>): string[] {
  const counts = new Map<string, number>();
  for (const { tags } of computers)
    for (const tag of tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts]
    .sort(([one, many], [other, more]) => more - many || (one < other ? -1 : 1))
    .map(([tag]) => tag);
}

/** Which of `known` to propose for what is typed: those that begin so before those that contain it. */
export function proposals(known: readonly string[], chosen: readonly string[], typed: string) {
  const most = 8;
  const wanted = typed.trim().toLowerCase();
  const free = known.filter((tag) => !has(chosen, tag) && tag.toLowerCase().includes(wanted));
  const begins = (tag: string) => Number(!tag.toLowerCase().startsWith(wanted));
  return free.sort((one, other) => begins(one) - begins(other)).slice(0, most);
}
