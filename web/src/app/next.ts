// The page to return to after signing in: one of our own pages only. The server redirects there
// after the login and applies rules that are at least as strict.

import { pathBelow, parseRoute, type Route } from './routes';

const longest = 500;
/** A path below <base>, optionally with a query; no double slash, backslash, scheme or dots. */
const shape = /^\/([a-z_]*(?:\/\d+)?)(\?[!"$-[\]-~]*)?$/;
/** Nobody needs to return to these. */
const nowhere: Route['page'][] = ['unknown', 'login', 'changePassword'];

/**
 * The page if it is one of ours; null for the first page without a query, where a login leads
 * anyway.
 */
export function validateNext(next: string | null): string | null {
  if (next === null || next === '/' || next.length > longest) return null;
  const match = shape.exec(next);
  return match && !nowhere.includes(parseRoute(match[1]!).page) ? next : null;
}

/** The login page's address, with `address` as the page to return to. */
export function loginAddress(base: URL, address: URL): string {
  const path = pathBelow(base, address);
  const next = path === null ? null : validateNext(`/${path}${address.search}`);
  return next === null ? 'login' : `login?next=${encodeURIComponent(next)}`;
}
