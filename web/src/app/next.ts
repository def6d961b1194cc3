// Where somebody was going when they had to sign in: one of our pages, and nothing else. The server
// leads there after the login, by rules of its own that are no laxer.

import { pathBelow, routeOf, type Route } from './routes';

const longest = 500;
/** A path below <base>, and perhaps a query; no second slash, no backslash, no scheme, no dots. */
const shape = /^\/([a-z_]*(?:\/\d+)?)(\?[!"$-[\]-~]*)?$/;
/** Nobody is on the way to these. */
const nowhere: Route['page'][] = ['unknown', 'login', 'changePassword'];

/** The page, where it is one of ours; the first page without a query is where one comes to anyway. */
export function checkedNext(next: string | null): string | null {
  if (next === null || next === '/' || next.length > longest) return null;
  const match = shape.exec(next);
  return match && !nowhere.includes(routeOf(match[1]!).page) ? next : null;
}

/** The login page's address for somebody who is at `address`. */
export function loginFor(base: URL, address: URL): string {
  const path = pathBelow(base, address);
  const next = path === null ? null : checkedNext(`/${path}${address.search}`);
  return next === null ? 'login' : `login?next=${encodeURIComponent(next)}`;
}
