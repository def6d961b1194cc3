// Which computers the overview lists, in which view and order, and how the address stores that.

import { conditions, createMatcher, toTagKey, type Entry } from '../fleet/entry';
import { sortEntries, sortKeys, firstDirection, worstFirst, type Order } from '../fleet/order';

/** What the summary counts, each a filter. The last two include healthy computers. */
export const shows = [...conditions, 'filling', 'rebooted'] as const;
export type Show = (typeof shows)[number];
export type View = 'table' | 'cards';

/** The filter names in bookmarks of earlier versions. */
const formerShows: Record<string, Show> = {
  silent: 'down',
  trouble: 'needs_attention',
  well: 'healthy',
  unpolled: 'not_polled',
};

export interface Choice {
  show: Show | null;
  /** Keys of tags; a computer must have all of them. */
  tags: string[];
  isGrouped: boolean;
  view: View;
  search: string;
  order: Order;
}

export function parseChoice(query: URLSearchParams): Choice {
  const key = sortKeys.find((sortKey) => sortKey === query.get('sort'));
  const order = key ? firstDirection(key) : worstFirst;
  const reversed = query.get('reversed') !== null;
  const asked = query.get('show') ?? '';
  const tags = (query.get('tag') ?? '').split(',').filter(Boolean).map(toTagKey);
  return {
    show:
      shows.find(
        (show) => show === (Object.hasOwn(formerShows, asked) ? formerShows[asked] : asked),
      ) ?? null,
    tags: [...new Set(tags)],
    isGrouped: query.get('group') === 'tag',
    view: query.get('view') === 'cards' ? 'cards' : 'table',
    search: query.get('search') ?? '',
    order: reversed ? { ...order, descending: !order.descending } : order,
  };
}

/** The query for `order`; defaults are left out. */
export function orderToQuery(order: Order): Record<'sort' | 'reversed', string | null> {
  return {
    sort: order.key === worstFirst.key ? null : order.key,
    reversed: order.descending === firstDirection(order.key).descending ? null : '1',
  };
}

/**
 * The filter for filling disks sorts the disk that is full first to the top, and likewise for
 * reboots.
 */
const orderOfShow: Partial<Record<Show, Order['key']>> = { filling: 'full', rebooted: 'uptime' };

/** Toggles a filter of the summary; turning it off also removes the order that it set. */
export function toggleShow({ show, order }: Choice, pressed: Show): Record<string, string | null> {
  const next = show === pressed ? null : pressed;
  const brought = show !== null && orderOfShow[show] === order.key;
  const key = next && orderOfShow[next];
  if (key) return { show: next, ...orderToQuery(firstDirection(key)) };
  return { show: next, ...(brought ? orderToQuery(worstFirst) : {}) };
}

export function toggleTag({ tags }: Choice, pressed: string): { tag: string | null } {
  const rest = tags.filter((tag) => tag !== pressed);
  return { tag: (rest.length < tags.length ? rest : [...tags, pressed]).join() || null };
}

/** Clears all filters but keeps the view and order. */
export const clearedFilters = { show: null, tag: null, search: null };

/** The next order of a column: its usual direction, the reverse, then back to worst first. */
export function nextOrder(current: Order, key: Order['key']): Order {
  const first = firstDirection(key);
  if (current.key !== key) return first;
  return current.descending === first.descending
    ? { key, descending: !first.descending }
    : worstFirst;
}

function isShown(entry: Entry, show: Show): boolean {
  if (show === 'filling') return entry.row.filling !== null;
  if (show === 'rebooted') return entry.isRebooted;
  return entry.row.condition === show;
}

/** The computers that the summary counts. */
export const filterByTags = (entries: Entry[], { tags }: Choice): Entry[] =>
  tags.length === 0
    ? entries
    : entries.filter(({ tagKeys }) => tags.every((tag) => tagKeys.includes(tag)));

export function countByShow(entries: Entry[]): Record<Show, number> {
  const counts = Object.fromEntries(shows.map((show) => [show, 0])) as Record<Show, number>;
  for (const { row, isRebooted } of entries) {
    counts[row.condition] += 1;
    if (row.filling !== null) counts.filling += 1;
    if (isRebooted) counts.rebooted += 1;
  }
  return counts;
}

/** Expects entries with the chosen tags: those that match the other filters, in the chosen order. */
export function listEntries(entries: Entry[], { show, search, order }: Choice): Entry[] {
  const words = search.trim();
  const found = words === '' ? () => true : createMatcher(words);
  const chosen = entries.filter((entry) => (show === null || isShown(entry, show)) && found(entry));
  return sortEntries(chosen, order);
}

/** The same rows in the same places with new values, while the reader is using the list. */
export const refreshEntries = (
  previous: Entry[],
  get: (id: number) => Entry | undefined,
): Entry[] => previous.flatMap((entry) => get(entry.row.id) ?? []);
