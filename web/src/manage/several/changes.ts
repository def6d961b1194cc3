// What a line would change of a computer that is there already. Its token is not among what the
// server tells, so of that it can only be said which one it gets.

import type { Row } from '../../api/types';
import type { Line } from './parse';

const hasTls = (url: string): boolean => /^https:\/\//i.test(url);

/** A computer that is asked over TLS is never asked without it because a line with its name was pasted. */
export function withoutDowngrades(lines: readonly Line[], known: ReadonlyMap<string, Row>): Line[] {
  return lines.map((line) => {
    const row = known.get(line.name);
    const loses = row !== undefined && hasTls(row.url) && !hasTls(line.url);
    return loses ? { ...line, problems: [...line.problems, { kind: 'losesTls' as const }] } : line;
  });
}

export interface Change {
  from: string;
  to: string;
}

/** Null where nothing of it changes. */
export interface Changes {
  url: Change | null;
  tags: Change | null;
}

const inOrder = (tags: readonly string[]): string =>
  tags.toSorted((one, other) => (one < other ? -1 : 1)).join(', ');

const change = (from: string, to: string): Change | null => (from === to ? null : { from, to });

export const changesOf = ({ url, tags }: Line, row: Row): Changes => ({
  url: change(row.url, url),
  tags: tags === null ? null : change(inOrder(row.tags), inOrder(tags)),
});
