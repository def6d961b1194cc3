// Which computers the overview lists and in which order, and how that is kept in the address.

import { conditions, fits, type Condition, type Entry } from '../fleet/entry';
import { sorted, sortKeys, firstDirection, worstFirst, type Order } from '../fleet/order';

export interface Choice {
  show: Condition | null;
  search: string;
  order: Order;
}

export function choiceOf(query: URLSearchParams): Choice {
  const show = conditions.find((condition) => condition === query.get('show')) ?? null;
  const key = sortKeys.find((sortKey) => sortKey === query.get('sort'));
  const order = key ? firstDirection(key) : worstFirst;
  const reversed = query.get('reversed') !== null;
  return {
    show,
    search: query.get('search') ?? '',
    order: reversed ? { ...order, descending: !order.descending } : order,
  };
}

/** The query that says `order`; what is so by default is left out of the address. */
export function queryOfOrder(order: Order): Record<'sort' | 'reversed', string | null> {
  return {
    sort: order.key === worstFirst.key ? null : order.key,
    reversed: order.descending === firstDirection(order.key).descending ? null : '1',
  };
}

/** A column's next order: as one would expect it, the other way round, and back to worst first. */
export function nextOrder(current: Order, key: Order['key']): Order {
  const first = firstDirection(key);
  if (current.key !== key) return first;
  return current.descending === first.descending
    ? { key, descending: !first.descending }
    : worstFirst;
}

export function listed(entries: Entry[], { show, search, order }: Choice): Entry[] {
  const words = search.trim();
  const chosen = entries.filter(
    (entry) => (show === null || entry.condition === show) && (words === '' || fits(entry, words)),
  );
  return sorted(chosen, order);
}

/** The same rows in the same places with new values: for while a hand is on the list. */
export function held(previous: Entry[], entries: Entry[]): Entry[] {
  const byId = new Map(entries.map((entry) => [entry.row.id, entry]));
  return previous.flatMap((entry) => byId.get(entry.row.id) ?? []);
}
