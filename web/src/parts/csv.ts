// Tables as CSV (RFC 4180), for spreadsheets and scripts.

export type Cell = string | number | null;

/**
 * A spreadsheet evaluates a cell with such a start as a formula, which a computer's name could
 * exploit. A cell that already starts with the guard gets a second one, so that reading can remove
 * one.
 */
const formula = /^'*[=+\-@\t\r]/;
/** Without it, Excel assumes one of its legacy character sets. */
const byteOrderMark = '\ufeff';

function written(cell: Cell): string {
  if (cell === null) return '';
  // Two decimals are all the precision that samples have.
  if (typeof cell === 'number') return String(Math.round(cell * 100) / 100);
  const harmless = formula.test(cell) ? `'${cell}` : cell;
  return /[",;\r\n\t]|^\s|\s$/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** Removes the guard that `toCsv` adds. */
export const removeGuard = (cell: string): string =>
  cell.startsWith("'") && formula.test(cell.slice(1)) ? cell.slice(1) : cell;

export const toCsv = (rows: readonly (readonly Cell[])[]): string =>
  rows.map((row) => `${row.map(written).join(',')}\r\n`).join('');

/** Downloads the table as a file. */
export function download(rows: readonly (readonly Cell[])[], name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(
    new Blob([byteOrderMark + toCsv(rows)], { type: 'text/csv;charset=utf-8' }),
  );
  link.download = name;
  link.click();
  // The browser starts reading the URL in the next task; it must exist until then.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
