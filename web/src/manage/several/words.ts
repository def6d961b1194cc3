// What is wrong with a line, what it would change, and what became of it, in words. No token is in
// them, wherever it was written.

import { text } from '../../text';
import type { Changes } from './changes';
import { hint, masked } from './mask';
import type { Problem } from './parse';
import type { Result } from './sending.svelte';

function problemInWords(problem: Problem): string {
  if (problem.kind === 'tagWrong') return text.several.tagWrong(masked(problem.tag));
  if (problem.kind === 'twice') return text.several.twice(problem.line);
  return text.several.problems[problem.kind];
}

export const problemsInWords = (problems: readonly Problem[]): string =>
  problems.map(problemInWords).join('; ');

/** Of a computer that is there: what changes from what, and the token that it gets. */
export function changesInWords({ url, tags }: Changes, token: string): string {
  const parts = [
    url && text.several.addressChanges(masked(url.from), masked(url.to)),
    tags && text.several.tagsChange(tags.from || text.missing, tags.to || text.missing),
    text.several.tokenGiven(hint(token)),
  ];
  return text.several.known(parts.filter((part) => part !== null).join('; '));
}

export const resultInWords = (result: Result): string =>
  result.kind === 'failed' ? masked(result.sentence) : text.several.results[result.kind];
