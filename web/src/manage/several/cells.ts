// Splits pasted text into records of cells, separated by tabs, semicolons, commas or spaces, with
// quotes around cells that contain a separator or a line break.

export interface Record {
  /** The number of its first line, starting at 1. */
  line: number;
  cells: string[];
  /** A quote was opened but never closed. */
  isOpen: boolean;
}

export type Separator = '\t' | ';' | ',' | ' ';

const address = /^(https?:\/\/\S|\[|[^\s,;"]+:\d+[,;]?(\s|$))/i;
/** A name and an address with any separator between them, and only spaces before the next cell. */
const blankAfterAddress =
  /^\s*(?:"+|[^\s,;"]+)(?: *[,;] *| +)(?:https?:\/\/[^\s,;"]+|[^\s,;"]+:\d+) +[^\s,;]/i;

/**
 * The separator of a record: the first tab, semicolon or comma outside of quotes; spaces if there
 * is none, or if an address between spaces shows that they separate.
 */
export function detectSeparator(line: string): Separator {
  const unquoted = line.replace(/"(?:[^"]|"")*("|$)/g, (quoted) => '"'.repeat(quoted.length));
  const at = unquoted.search(/[\t;,]/);
  if (blankAfterAddress.test(unquoted)) return ' ';
  const second = /^\s*(?:"+|\S+)[ ]+(.*)$/s.exec(unquoted);
  const space = second ? unquoted.length - second[1]!.length : -1;
  if (space >= 0 && (at < 0 || space <= at) && (at < 0 || address.test(second![1]!))) return ' ';
  return at < 0 ? ' ' : (unquoted[at] as Separator);
}

const endOf = (text: string, from: number): number => {
  const at = text.indexOf('\n', from);
  return at < 0 ? text.length : at;
};

class Reader {
  at = 0;
  line = 1;

  constructor(readonly text: string) {}

  get isDone(): boolean {
    return this.at >= this.text.length;
  }

  /** The rest of the line, without advancing. */
  peekLine(): string {
    return this.text.slice(this.at, endOf(this.text, this.at)).replace(/\r$/, '');
  }

  takeLine(): string {
    const line = this.peekLine();
    this.at = endOf(this.text, this.at) + 1;
    this.line += 1;
    return line;
  }

  #quoted(): { cell: string; isOpen: boolean } {
    let cell = '';
    for (this.at += 1; !this.isDone; this.at += 1) {
      const letter = this.text[this.at]!;
      if (letter === '"' && this.text[this.at + 1] !== '"') {
        this.at += 1;
        return { cell, isOpen: false };
      }
      if (letter === '"') this.at += 1;
      if (letter === '\n') this.line += 1;
      cell += letter;
    }
    return { cell, isOpen: true };
  }

  #plain(separator: Separator): string {
    const from = this.at;
    while (!this.isDone && this.text[this.at] !== '\n' && !this.#isAt(separator)) this.at += 1;
    return this.text.slice(from, this.at);
  }

  #isAt(separator: Separator): boolean {
    const letter = this.text[this.at];
    return separator === ' ' ? letter === ' ' || letter === '\t' : letter === separator;
  }

  #blanks(): void {
    while (this.text[this.at] === ' ') this.at += 1;
  }

  /** In text separated by spaces, a comma next to a space is not part of the cell. */
  #strayComma(): void {
    if (!/^[,;] /.test(this.text.slice(this.at, this.at + 2))) return;
    this.at += 1;
    this.#blanks();
  }

  /** The end of a cell, excluding a comma before a space. */
  #withoutComma(cell: string): string {
    return this.text[this.at] === ' ' ? cell.replace(/[,;]$/, '') : cell;
  }

  /** With spaces, the last of `most` cells takes the rest of the line. */
  take(separator: Separator, most: number): Record {
    const record: Record = { line: this.line, cells: [], isOpen: false };
    for (;;) {
      this.#blanks();
      if (separator === ' ') this.#strayComma();
      const isRest = separator === ' ' && record.cells.length === most - 1;
      if (this.text[this.at] === '"') {
        const { cell, isOpen } = this.#quoted();
        record.isOpen ||= isOpen;
        record.cells.push(cell);
        // Text behind the closing quote belongs to no cell.
        if (isRest) this.at = endOf(this.text, this.at);
        else this.#plain(separator);
      } else if (isRest) {
        const rest = this.peekLine();
        this.at = endOf(this.text, this.at);
        record.cells.push(rest.trim());
      } else {
        const cell = this.#plain(separator).trim();
        record.cells.push(separator === ' ' ? this.#withoutComma(cell) : cell);
      }
      if (this.isDone || this.text[this.at] === '\n') break;
      this.at += 1;
    }
    this.at += 1;
    this.line += 1;
    // Trailing spaces are not a cell.
    if (separator === ' ' && record.cells.at(-1) === '') record.cells.pop();
    return record;
  }
}

export const createReader = (text: string): Reader => new Reader(text.replace(/^\ufeff/, ''));
