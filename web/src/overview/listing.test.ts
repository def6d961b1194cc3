import { describe, expect, it } from 'vitest';
import { worstFirst } from '../fleet/order';
import { parseChoice, nextOrder, orderToQuery, toggleShow, toggleTag } from './listing';

describe('the choice in the address', () => {
  const choice = (query: string) => parseChoice(new URLSearchParams(query));

  it('defaults to all computers, worst first', () => {
    expect(choice('')).toEqual({
      show: null,
      tags: [],
      isGrouped: false,
      view: 'table',
      search: '',
      order: worstFirst,
    });
    expect(choice('show=nonsense&sort=nonsense')).toEqual(choice(''));
    expect(choice('show=constructor')).toEqual(choice(''));
  });

  it('understands bookmarks of earlier versions', () => {
    expect(choice('show=silent').show).toBe('down');
    expect(choice('show=trouble').show).toBe('needs_attention');
  });

  it('survives a round trip', () => {
    for (const order of [
      worstFirst,
      { key: 'cpu', descending: true },
      { key: 'cpu', descending: false },
      { key: 'name', descending: true },
    ] as const) {
      const query = new URLSearchParams();
      for (const [name, value] of Object.entries(orderToQuery(order)))
        if (value !== null) query.set(name, value);
      expect(parseChoice(query).order).toEqual(order);
    }
  });

  it('cycles through both directions of a column and back', () => {
    const first = nextOrder(worstFirst, 'cpu');
    const second = nextOrder(first, 'cpu');
    expect(first).toEqual({ key: 'cpu', descending: true });
    expect(second).toEqual({ key: 'cpu', descending: false });
    expect(nextOrder(second, 'cpu')).toEqual(worstFirst);
    expect(nextOrder(second, 'name')).toEqual({ key: 'name', descending: false });
  });

  it('accepts several tags, ignoring case', () => {
    expect(choice('tag=Prod,db,prod').tags).toEqual(['prod', 'db']);
    expect(toggleTag(choice('tag=prod'), 'db')).toEqual({ tag: 'prod,db' });
    expect(toggleTag(choice('tag=prod,db'), 'prod')).toEqual({ tag: 'db' });
    expect(toggleTag(choice('tag=prod'), 'prod')).toEqual({ tag: null });
  });

  it('sets the order of a filter, and resets it', () => {
    const pressed = toggleShow(choice(''), 'filling');
    expect(pressed).toEqual({ show: 'filling', sort: 'full', reversed: null });
    expect(toggleShow(choice('show=filling&sort=full'), 'filling')).toEqual({
      show: null,
      sort: null,
      reversed: null,
    });
    expect(toggleShow(choice('show=filling&sort=name'), 'filling')).toEqual({ show: null });
    expect(toggleShow(choice('sort=cpu'), 'down')).toEqual({ show: 'down' });
  });
});
