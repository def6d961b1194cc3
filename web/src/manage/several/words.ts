// What is wrong with a line, and what became of it, in words.

import { text } from '../../text';
import type { Problem } from './parse';
import type { Result } from './sending.svelte';

function problemInWords(problem: Problem): string {
  if (problem.kind === 'tagWrong') return text.several.tagWrong(problem.tag);
  if (problem.kind === 'twice') return text.several.twice(problem.line);
  return text.several.problems[problem.kind];
}

export const problemsInWords = (problems: readonly Problem[]): string =>
  problems.map(problemInWords).join('; ');

export const resultInWords = (result: Result): string =>
  result.kind === 'failed' ? result.sentence : text.several.results[result.kind];
