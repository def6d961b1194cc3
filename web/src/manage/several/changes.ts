// What a line would change in an existing computer. The server reveals no tokens, so only the new
// token can be shown.

import type { Row } from '../../api/types';
import type { Line } from './parse';

const hasTls = (url: string): boolean => /^https:\/\//i.test(url);

/** A pasted line never switches a computer from TLS to plain HTTP just because it has the same name. */
export function removeDowngrades(lines: readonly Line[], known: ReadonlyMap<string, Row>): Line[] {
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

/** Null for fields that do not change. */
export interface Changes {
  url: Change | null;
  tags: Change | null;
}

const inOrder = (tags: readonly string[]): string =>
  tags.toSorted((one, other) => (one < other ? -1 : 1)).join(', ');

const change = (from: string, to: string): Change | null => (from === to ? null : { from, to });

export const findChanges = ({ url, tags }: Line, row: Row): Changes => ({
  url: change(row.url, url),
  tags: tags === null ? null : change(inOrder(row.tags), inOrder(tags)),
});
