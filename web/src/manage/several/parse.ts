// Parses many computers from one pasted text: one per line (name, address, token, and optionally
// tags and a note), with or without a header that names the columns, or the output of agents as
// they start. Pure: independent of the page, and every oddity becomes a problem of its line.

import { removeGuard } from '../../parts/csv';
import { parseAgentLine, normalizeAddress } from '../address';
import { cleanTag, hasTag, longestTag, mostTags, addTag } from '../tags';
import { createReader, detectSeparator, type Separator } from './cells';
import { isAgentToken } from './mask';

export const mostLines = 10_000;
export const mostBytes = 1024 * 1024;
const longestNote = 4_000;

export type Problem =
  | { kind: 'nameMissing' | 'nameWrong' | 'urlMissing' | 'urlWrong' | 'tokenMissing' }
  | { kind: 'mixedUp' | 'tokenWrong' | 'tooManyTags' | 'noteLong' | 'quoteOpen' | 'tooManyCells' }
  | { kind: 'losesTls' }
  | { kind: 'tagWrong'; tag: string }
  | { kind: 'twice'; line: number };

export interface Line {
  /** The line number in the text, starting at 1. */
  line: number;
  name: string;
  url: string;
  token: string;
  /** The certificate to pin; null if the line has none. */
  tls_sha256: string | null;
  /** Null if the text has no such column: the computer keeps its value. */
  tags: string[] | null;
  note: string | null;
  problems: Problem[];
}

export type Parsed =
  { isTooLarge: false; lines: Line[] } | { isTooLarge: true; by: 'lines' | 'bytes' };

export const columns = ['name', 'url', 'token', 'tags', 'note'] as const;
type Column = (typeof columns)[number];

export const otherNames: Record<string, Column> = {
  computer: 'name',
  host: 'name',
  address: 'url',
  tag: 'tags',
  notes: 'note',
};

/** Null for a column with another meaning, such as some in our own export. */
function columnOf(cell: string): Column | null {
  const plain = cell.trim().toLowerCase();
  return columns.find((column) => column === plain) ?? otherNames[plain] ?? null;
}

interface Head {
  separator: Separator | null;
  order: (Column | null)[];
}

const noHead: Head = { separator: null, order: [...columns] };

/** A header names at least the first three columns, or only known columns. */
function headOf(cells: string[], separator: Separator): Head | null {
  const order = cells.map(columnOf);
  const named = new Set(order.filter((column) => column !== null));
  const isHead = named.has('name') && (named.has('url') || named.has('token'));
  return isHead ? { separator, order } : null;
}

function objectionsToName(name: string): Problem[] {
  if (name === '') return [{ kind: 'nameMissing' }];
  return [...name].length > 100 || /\p{C}/u.test(name) ? [{ kind: 'nameWrong' }] : [];
}

/** An address in place of a token, or a token in place of an address. */
const areMixedUp = (url: string, token: string): boolean =>
  /^https?:\/\//i.test(token) || isAgentToken(url.replace(/^https?:\/\//i, ''));

function objectionsToAddress(url: string, token: string): Problem[] {
  if (areMixedUp(url, token)) return [{ kind: 'mixedUp' }];
  if (url === '') return [{ kind: 'urlMissing' }];
  return normalizeAddress(url) === null ? [{ kind: 'urlWrong' }] : [];
}

function objectionsToToken(token: string): Problem[] {
  if (token === '') return [{ kind: 'tokenMissing' }];
  return /^[!-~]{1,512}$/.test(token) ? [] : [{ kind: 'tokenWrong' }];
}

function readTags(cell: string): { tags: string[]; problems: Problem[] } {
  const words = cell.split(/[,;|]/).filter((word) => word.trim() !== '');
  const problems: Problem[] = [];
  let tags: string[] = [];
  for (const word of words) {
    const tag = cleanTag(word);
    if (tag === null) problems.push({ kind: 'tagWrong', tag: word.trim().slice(0, longestTag) });
    else if (tags.length === mostTags && !hasTag(tags, tag)) problems.push({ kind: 'tooManyTags' });
    else tags = addTag(tags, tag);
  }
  return { tags, problems: problems.slice(0, 3) };
}

function lineOf(line: number, cells: Partial<Record<Column, string>>): Line {
  const cell = (column: Column) => {
    const bare = (cells[column] ?? '').trim();
    // Never exported, so a leading guard character is part of the token.
    return column === 'token' ? bare : removeGuard(bare);
  };
  // The line that an agent prints contains everything; a cell of its own takes precedence.
  const pasted = parseAgentLine(cell('url'));
  const url = pasted?.url ?? normalizeAddress(cell('url'));
  const token = cell('token') || (pasted?.token ?? '');
  const { tags, problems } = readTags(cell('tags'));
  const note = cells.note === undefined ? null : cell('note');
  return {
    line,
    name: cell('name'),
    url: url ?? cell('url'),
    token,
    tls_sha256: pasted?.tls_sha256 ?? null,
    tags: cells.tags === undefined ? null : tags,
    note,
    problems: [
      ...objectionsToName(cell('name')),
      ...objectionsToAddress(pasted?.url ?? cell('url'), token),
      ...objectionsToToken(token),
      ...problems,
      ...([...(note ?? '')].length > longestNote ? [{ kind: 'noteLong' } as const] : []),
    ],
  };
}

const hostOf = (url: string | undefined): string => (url ? new URL(url).hostname : '');

/** What an agent prints when it starts; a prefix is allowed, as in a journal. */
const agentLine =
  /^(?:.*(?:\]:|\|))?\s*(?:(Computer): (.+)|(Token): (\S+)|(Dashboard should connect to): (\S+))\s*$/;
const agentFrame =
  /^(?:.*(?:\]:|\|))?\s*(?:=== CLIENT STARTED ===|={6,}|Add this computer to the dashboard .*)\s*$/;

/** The last line that an agent prints, on its own. */
const pasteableLine = /^(?:.*(?:\]:|\|))?\s*(muster:\/\/\S+)\s*$/i;

class Collector {
  readonly lines: Line[] = [];
  /** The computer that the previous lines of an agent's output describe. */
  #printed: Line | null = null;
  #head = noHead;
  #agent: Partial<Record<Column, string>> = {};
  #lineOfName = new Map<string, number>();

  /** True if the line is an agent's output. */
  takeAgentLine(line: number, text: string): boolean {
    const pasted = pasteableLine.exec(text);
    if (pasted) return this.#takePasted(line, pasted[1]!);
    const match = agentLine.exec(text);
    if (!match) return agentFrame.test(text);
    if (match[1]) this.#agent = { name: match[2]!.trim() };
    else if (match[3]) this.#agent.token = match[4]!;
    else {
      this.#printed = lineOf(line, { ...this.#agent, url: match[6]! });
      this.#add(this.#printed);
      this.#agent = {};
    }
    return true;
  }

  /**
   * Adds the TLS address to the computer described by the lines before it, or adds one whose name
   * is unknown.
   */
  #takePasted(line: number, text: string): true {
    const printed = this.#printed;
    this.#printed = null;
    const said = parseAgentLine(text);
    if (printed && said?.token === printed.token) Object.assign(printed, said);
    else this.#add(lineOf(line, { url: text, name: hostOf(said?.url) }));
    return true;
  }

  separatorFor = (text: string): Separator => this.#head.separator ?? detectSeparator(text);

  get width(): number {
    return this.#head.order.length;
  }

  takeRecord(line: number, cells: string[], isOpen: boolean, separator: Separator): void {
    const head = this.lines.length === 0 && !this.#head.separator && headOf(cells, separator);
    if (head) {
      this.#head = head;
      return;
    }
    const { order } = this.#head;
    const named = Object.fromEntries(
      order.flatMap((column, index) =>
        column !== null && cells[index] !== undefined ? [[column, cells[index]]] : [],
      ),
    );
    const read = lineOf(line, named);
    this.#takeName(read);
    // Without a header, the note comes last, and a separator in it is more likely part of the note.
    const excess = cells.slice(order.length).filter((cell) => cell !== '');
    if (excess.length > 0 && !this.#head.separator)
      read.note = [read.note, ...excess].join(`${separator} `);
    else if (excess.length > 0) read.problems.push({ kind: 'tooManyCells' });
    if (isOpen) read.problems.push({ kind: 'quoteOpen' });
    this.#add(read);
  }

  /**
   * With a name in front, the last line that an agent printed contains everything the earlier lines
   * do.
   */
  #takeName(read: Line): void {
    const printed = this.#printed;
    this.#printed = null;
    if (!printed || read.tls_sha256 === null || read.token !== printed.token) return;
    this.lines.pop();
    if (this.#lineOfName.get(printed.name) === printed.line) this.#lineOfName.delete(printed.name);
  }

  #add(read: Line): void {
    const earlier = this.#lineOfName.get(read.name);
    if (read.name !== '' && earlier !== undefined)
      read.problems.push({ kind: 'twice', line: earlier });
    else this.#lineOfName.set(read.name, read.line);
    this.lines.push(read);
  }
}

export function parseComputers(text: string): Parsed {
  if (text.length > mostBytes || new TextEncoder().encode(text).length > mostBytes)
    return { isTooLarge: true, by: 'bytes' };
  const reader = createReader(text);
  const collector = new Collector();
  while (!reader.isDone) {
    const next = reader.peekLine();
    if (next.trim() === '' || next.startsWith('#')) reader.takeLine();
    else if (collector.takeAgentLine(reader.line, next)) reader.takeLine();
    else {
      const separator = collector.separatorFor(next);
      const { line, cells, isOpen } = reader.take(separator, collector.width);
      collector.takeRecord(line, cells, isOpen, separator);
    }
    if (collector.lines.length > mostLines) return { isTooLarge: true, by: 'lines' };
  }
  return { isTooLarge: false, lines: collector.lines };
}
