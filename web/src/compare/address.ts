// The compared computers, as kept in the address.

export const computersAtMost = 12;

/** Whole numbers without duplicates, in their order, and no more than can be told apart. */
export function parseIds(query: URLSearchParams): number[] {
  const ids = (query.get('ids') ?? '')
    .split(',')
    .filter((word) => /^[1-9]\d{0,14}$/.test(word))
    .map(Number);
  return [...new Set(ids)].slice(0, computersAtMost);
}

export const formatIds = (ids: readonly number[]): string | null => ids.join(',') || null;
