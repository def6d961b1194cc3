// The address of an agent, as people type it.

/** With a scheme, without blanks or a trailing slash; null if it is not a valid HTTP address. */
export function normalizeAddress(typed: string): string | null {
  const trimmed = typed.trim();
  const withScheme = /^[a-z][a-z\d+.-]*:\/\//i.test(trimmed) ? trimmed : `http://${trimmed}`;
  if (trimmed === '' || /\s/.test(withScheme) || !URL.canParse(withScheme)) return null;
  const url = new URL(withScheme);
  if ((url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname === '') return null;
  return withScheme.replace(/\/+$/, '');
}

/** Whether two addresses have the same host, on any port. */
export const sameHost = (one: string, other: string): boolean =>
  URL.canParse(one) && URL.canParse(other) && new URL(one).hostname === new URL(other).hostname;

/** The contents of the line that an agent prints for pasting. */
export interface AgentLine {
  url: string;
  token: string;
  tls_sha256: string;
}

/** Null if it is not such a line, or an incomplete one. */
export function parseAgentLine(typed: string): AgentLine | null {
  const match = /^muster:\/\/([^?#\s]+)\?(\S+)$/i.exec(typed.trim());
  if (!match) return null;
  const said = new URLSearchParams(match[2]);
  const [token, tls_sha256] = [said.get('token'), said.get('sha256')?.toLowerCase()];
  const url = normalizeAddress(`https://${match[1]}`);
  if (url === null || !token || !tls_sha256 || !isSha256(tls_sha256)) return null;
  return { url, token, tls_sha256 };
}

export const isSha256 = (text: string): boolean => /^[\da-f]{64}$/i.test(text.replaceAll(':', ''));
