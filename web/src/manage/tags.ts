// A computer's tags: which are valid, and which to suggest. The server has the same rules.

export const mostTags = 16;
export const longestTag = 32;

/** Trimmed; null if not a valid tag. */
export function cleanTag(typed: string): string | null {
  const tag = typed.trim();
  const length = [...tag].length;
  return length < 1 || length > longestTag || /[,\p{C}]/u.test(tag) ? null : tag;
}

const same = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();

export const hasTag = (tags: readonly string[], tag: string): boolean =>
  tags.some((other) => same(other, tag));

/** Adds a tag if there is space; a tag that exists in another spelling stays as it is. */
export const addTag = (tags: readonly string[], tag: string): string[] =>
  hasTag(tags, tag) || tags.length >= mostTags ? [...tags] : [...tags, tag];

/** Tags in use, the most used first. */
export function tagsInUse(computers: Iterable<{ tags: readonly string[] }>): string[] {
  const counts = new Map<string, number>();
  for (const { tags } of computers)
    for (const tag of tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts]
    .sort(([one, many], [other, more]) => more - many || (one < other ? -1 : 1))
    .map(([tag]) => tag);
}

/**
 * The tags in `known` to suggest for the typed text: those that start with it before those that
 * contain it.
 */
export function suggestTags(known: readonly string[], chosen: readonly string[], typed: string) {
  const most = 8;
  const wanted = typed.trim().toLowerCase();
  const free = known.filter((tag) => !hasTag(chosen, tag) && tag.toLowerCase().includes(wanted));
  const begins = (tag: string) => Number(!tag.toLowerCase().startsWith(wanted));
  return free.sort((one, other) => begins(one) - begins(other)).slice(0, most);
}
