// The server's message about a refused form: it sends the same page again, with the problem in a
// meta element of index.html, in English and as data.

import { problemInWords, type Problem } from '../text/problems';

export function readServerMessage(): string | null {
  const meta = document.querySelector<HTMLMetaElement>('meta[name="muster-message"]');
  const error = meta?.content.trim();
  if (!meta || !error) return null;
  const { code = '', params = {} } = JSON.parse(
    meta.dataset['problem'] ?? '{}',
  ) as Partial<Problem>;
  return problemInWords({ error, code, params });
}
