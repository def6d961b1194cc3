// The problems, changes and results of a line in words. They never contain a token, in whichever
// column it was written.

import { text } from '../../text';
import type { Changes } from './changes';
import { tokenHint, maskTokens } from './mask';
import type { Line, Problem } from './parse';
import type { Result } from './sending.svelte';

function problemInWords({ name, tls_sha256 }: Line, problem: Problem): string {
  if (problem.kind === 'tagWrong') return text.several.tagWrong(maskTokens(problem.tag));
  if (problem.kind === 'losesTls') return text.several.losesTls(maskTokens(name));
  if (problem.kind !== 'twice') return text.several.problems[problem.kind];
  return text.several[tls_sha256 === null ? 'twice' : 'twicePasted'](problem.line);
}

export const problemsInWords = (line: Line): string =>
  line.problems.map((problem) => problemInWords(line, problem)).join('; ');

/** For an existing computer: what changes, from what, and its new token. */
export function changesInWords({ url, tags }: Changes, token: string): string {
  const parts = [
    url && text.several.addressChanges(maskTokens(url.from), maskTokens(url.to)),
    tags && text.several.tagsChange(tags.from || text.missing, tags.to || text.missing),
    text.several.tokenGiven(tokenHint(token)),
  ];
  return text.several.known(parts.filter((part) => part !== null).join('; '));
}

export const resultInWords = (result: Result): string =>
  result.kind === 'failed' ? maskTokens(result.sentence) : text.several.results[result.kind];
