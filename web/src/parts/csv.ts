// A table as CSV (RFC 4180), for spreadsheets and scripts alike.

export type Cell = string | number | null;

/**
 * A spreadsheet takes a cell that begins so for a formula, and would run what somebody named. One
 * that has the guard already gets another, so that reading can take one away.
 */
const formula = /^'*[=+\-@\t\r]/;
/** Excel takes a file without it for one in its own old character set. */
const byteOrderMark = '\ufeff';

function written(cell: Cell): string {
  if (cell === null) return '';
  // Two decimals are more than a reading is exact.
  if (typeof cell === 'number') return String(Math.round(cell * 100) / 100);
  const harmless = formula.test(cell) ? `'${cell}` : cell;
  return /[",;\r\n\t]|^\s|\s$/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** Undoes what `csvOf` does to what would be a formula. */
export const withoutGuard = (cell: string): string =>
  cell.startsWith("'") && formula.test(cell.slice(1)) ? cell.slice(1) : cell;

export const csvOf = (rows: readonly (readonly Cell[])[]): string =>
  rows.map((row) => `${row.map(written).join(',')}\r\n`).join('');

/** Hands it to the reader as a file. */
export function download(rows: readonly (readonly Cell[])[], name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(
    new Blob([byteOrderMark + csvOf(rows)], { type: 'text/csv;charset=utf-8' }),
  );
  link.download = name;
  link.click();
  // The browser has begun to read it by the next turn; until then it must not be gone.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
