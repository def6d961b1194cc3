import { describe, expect, it } from 'vitest';
import { toCsv, removeGuard } from './csv';

describe('CSV', () => {
  it('quotes cells with separators', () => {
    expect(toCsv([['a', 'b,c', 'd"e', 'f\ng', ' h', 5, null]])).toBe(
      'a,"b,c","d""e","f\ng"," h",5,\r\n',
    );
  });

  it('guards against formulas', () => {
    for (const cell of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '=HYPERLINK("x")']) {
      const written = toCsv([[cell]]);
      expect(written.replace(/^"/, '')).toMatch(/^'/);
      const bare = written.trimEnd().replace(/^"|"$/g, '').replaceAll('""', '"');
      expect(removeGuard(bare)).toBe(cell);
    }
    expect(toCsv([[-5.5]])).toBe('-5.5\r\n');
    expect(removeGuard("'tis")).toBe("'tis");
  });

  it('writes at most two decimals', () => {
    expect(toCsv([[12.345678, 0.1 + 0.2, 8_347_254_784, -5.5, 99.999]])).toBe(
      '12.35,0.3,8347254784,-5.5,100\r\n',
    );
  });
});
