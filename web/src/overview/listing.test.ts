import { describe, expect, it } from 'vitest';
import { worstFirst } from '../fleet/order';
import { choiceOf, nextOrder, queryOfOrder } from './listing';

describe('the choice in the address', () => {
  const choice = (query: string) => choiceOf(new URLSearchParams(query));

  it('is everything, worst first, where the address says nothing', () => {
    expect(choice('')).toEqual({ show: null, search: '', order: worstFirst });
    expect(choice('show=nonsense&sort=nonsense')).toEqual(choice(''));
  });

  it('comes back as it was written', () => {
    for (const order of [
      worstFirst,
      { key: 'cpu', descending: true },
      { key: 'cpu', descending: false },
      { key: 'name', descending: true },
    ] as const) {
      const query = new URLSearchParams();
      for (const [name, value] of Object.entries(queryOfOrder(order)))
        if (value !== null) query.set(name, value);
      expect(choiceOf(query).order).toEqual(order);
    }
  });

  it('goes through both directions of a column and back', () => {
    const first = nextOrder(worstFirst, 'cpu');
    const second = nextOrder(first, 'cpu');
    expect(first).toEqual({ key: 'cpu', descending: true });
    expect(second).toEqual({ key: 'cpu', descending: false });
    expect(nextOrder(second, 'cpu')).toEqual(worstFirst);
    expect(nextOrder(second, 'name')).toEqual({ key: 'name', descending: false });
  });
});
