// Maps addresses to pages. Addresses are relative to <base>, without a leading slash.

export type Route =
  | { page: 'overview' }
  | { page: 'computer'; id: number }
  | { page: 'compare' }
  | { page: 'manage' }
  | { page: 'people' }
  | { page: 'account' }
  | { page: 'audit' }
  | { page: 'changePassword' }
  | { page: 'login' }
  | { page: 'unknown' };

const pages: Record<string, Route> = {
  '': { page: 'overview' },
  compare: { page: 'compare' },
  manage: { page: 'manage' },
  people: { page: 'people' },
  account: { page: 'account' },
  audit: { page: 'audit' },
  change_password: { page: 'changePassword' },
  login: { page: 'login' },
};

// The server answers these itself: a link to one is a real navigation.
const serverPaths = /^(logout$|api\/|healthz$|livez$|metrics$)/;

export function parseRoute(path: string): Route {
  const computer = /^computer\/([1-9]\d{0,15})$/.exec(path);
  if (computer) return { page: 'computer', id: Number(computer[1]) };
  return Object.hasOwn(pages, path) ? pages[path]! : { page: 'unknown' };
}

/** The address relative to `base`; null if it lies outside or belongs to the server. */
export function pathBelow(base: URL, address: URL): string | null {
  if (address.origin !== base.origin || !address.pathname.startsWith(base.pathname)) return null;
  const path = address.pathname.slice(base.pathname.length);
  return serverPaths.test(path) ? null : path;
}
