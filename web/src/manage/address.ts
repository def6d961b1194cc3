// The address at which an agent listens, as people type it.

/** With a scheme, without blanks or a trailing slash; null where it is no address for HTTP. */
export function normalAddress(typed: string): string | null {
  const trimmed = typed.trim();
  const withScheme = /^[a-z][a-z\d+.-]*:\/\//i.test(trimmed) ? trimmed : `http://${trimmed}`;
  if (trimmed === '' || /\s/.test(withScheme) || !URL.canParse(withScheme)) return null;
  const url = new URL(withScheme);
  if ((url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname === '') return null;
  return withScheme.replace(/\/+$/, '');
}

/** Whether two addresses lead to the same host, on whichever port. */
export const sameHost = (one: string, other: string): boolean =>
  URL.canParse(one) && URL.canParse(other) && new URL(one).hostname === new URL(other).hostname;
