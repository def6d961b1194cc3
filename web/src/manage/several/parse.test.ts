import { describe, expect, it } from 'vitest';
import { toCsv } from '../../parts/csv';
import { de } from '../../text/de';
import { en } from '../../text/en';
import { columns, mostBytes, mostLines, otherNames, parseComputers, type Line } from './parse';

function linesOf(text: string): Line[] {
  const parsed = parseComputers(text);
  if (parsed.isTooLarge) throw new Error('too large');
  return parsed.lines;
}

const brief = (text: string) =>
  linesOf(text).map(({ name, url, token, tags, note }) => [name, url, token, tags, note]);
const kinds = (text: string) => linesOf(text).map(({ problems }) => problems.map((p) => p.kind));

const plain = ['web-1', 'http://web-1:8000', 'secret', null, null];

describe('the separators', () => {
  it('are commas, semicolons, tabs or spaces, line by line', () => {
    expect(brief('web-1,http://web-1:8000,secret')).toEqual([plain]);
    expect(brief('web-1;http://web-1:8000;secret\r\n')).toEqual([plain]);
    expect(brief('web-1\thttp://web-1:8000\tsecret')).toEqual([plain]);
    expect(brief('web-1   web-1:8000  secret  ')).toEqual([plain]);
    expect(brief('web-1,web-1:8000,secret\nweb-1 web-1:8000 secret')).toEqual([plain, plain]);
  });

  it('may have blanks beside them', () => {
    const apart = ['db-1 , http://x:8000 , token', 'db-1 ,http://x:8000 ,token'];
    const mixed = ['db-1 http://x:8000 , token', 'db-1 http://x:8000, token', 'db-1, x:8000 token'];
    for (const line of [...apart, ...mixed, 'db-1 , x:8000 token', '"db-1" ; x:8000 ; token'])
      expect(brief(line), line).toEqual([['db-1', 'http://x:8000', 'token', null, null]]);
    expect(brief('a x:1 , t , prod;db , in the cellar, left')).toEqual([
      ['a', 'http://x:1', 't', ['prod', 'db'], 'in the cellar, left'],
    ]);
  });

  it('keep spaces in names and commas in notes', () => {
    const all = ['web 1', 'http://web-1:8000', 'secret', ['prod', 'db'], 'second floor, left'];
    expect(brief('web 1,http://web-1:8000,secret,prod;db,"second floor, left"')).toEqual([all]);
    expect(brief('web 1;http://web-1:8000;secret;prod,db;second floor, left')).toEqual([all]);
    expect(brief('"web 1" http://web-1:8000 secret prod,db second floor, left')).toEqual([all]);
    expect(brief('web 1, web-1:8000, secret, prod;db, second floor, left')).toEqual([all]);
  });

  it('may be quoted, as may quotes and line breaks', () => {
    expect(brief('web-1,web-1:8000,secret,,"a ""b""\r\nc"\nweb-1,web-1:8000,secret')).toEqual([
      ['web-1', 'http://web-1:8000', 'secret', [], 'a "b"\r\nc'],
      plain,
    ]);
  });
});

describe('a head', () => {
  it('names the columns in any order, and unknown columns are ignored', () => {
    const text = '\ufeffToken;cpu_percent;Name;Address\nsecret;5;web-1;web-1:8000\n';
    expect(brief(text)).toEqual([plain]);
    expect(brief('name url token\nweb-1 web-1:8000 secret')).toEqual([plain]);
  });

  it('uses the column names shown on the page', () => {
    for (const { several } of [en, de])
      for (const name of [...columns, ...Object.keys(otherNames)])
        expect(several.format).toMatch(new RegExp(`\\b${name}\\b`));
  });

  it('is not mistaken for a computer, or a computer for it', () => {
    expect(brief('# ours\n\nname,url,token\n')).toEqual([]);
    expect(brief('name,web-1:8000,secret')).toHaveLength(1);
  });
});

describe('what an agent prints', () => {
  const printed = (prefix: string) =>
    [
      '=== CLIENT STARTED ===',
      'Computer: web-1',
      'Token: secret',
      'Add this computer to the dashboard using the above token',
      'Dashboard should connect to: http://web-1:8000',
      '======================',
    ]
      .map((line) => prefix + line)
      .join('\n');

  it('describes a computer, also in a journal and among other lines', () => {
    expect(brief(printed(''))).toEqual([plain]);
    expect(brief(printed('Nov 24 02:11:09 web-1 muster-agent[17]: '))).toEqual([plain]);
    expect(brief(`${printed('')}\nweb-2 web-2:8000 t\n${printed('agent-1  | ')}`)).toHaveLength(3);
  });

  it('includes a line with the TLS address', () => {
    const line = `muster://127.0.0.1:8000?token=secret&sha256=${'ab'.repeat(32)}`;
    const [read, ...others] = linesOf(`${printed('')}\n${line}\n`);
    expect(read).toMatchObject({ name: 'web-1', url: 'https://127.0.0.1:8000', problems: [] });
    expect(read!.tls_sha256).toBe('ab'.repeat(32));
    expect(others).toEqual([]);
    const [alone] = linesOf(`agent-1  | ${line.replace('127.0.0.1', 'web-2')}`);
    expect(alone).toMatchObject({ name: 'web-2', token: 'secret', problems: [] });
    const [, other] = linesOf(`${printed('')}\n${line.replace('secret', 'another')}`);
    expect(other).toMatchObject({ name: '127.0.0.1', token: 'another' });
    const [named] = linesOf(`db-1,${line}`);
    expect(named).toMatchObject({ name: 'db-1', url: 'https://127.0.0.1:8000', problems: [] });
    expect(kinds('db-1,muster://web-1:8000?token=t')).toEqual([['urlWrong', 'tokenMissing']]);
  });

  it('accepts a different name in front of its last line', () => {
    const sha256 = 'ab'.repeat(32);
    const block = (token: string) => printed('').replace('secret', token);
    const last = (token: string) => `muster://web-1:8000?token=${token}&sha256=${sha256}`;
    const same = linesOf(`${block('t')}\n${last('t')}\n${block('u')}\n${last('u')}`);
    expect(same.map(({ problems }) => problems)).toEqual([[], [{ kind: 'twice', line: 5 }]]);
    const named = linesOf(`${block('t')}\n${last('t')}\n${block('u')}\nweb-2, ${last('u')}`);
    expect(named).toMatchObject([
      { name: 'web-1', token: 't', problems: [] },
      { name: 'web-2', token: 'u', tls_sha256: sha256, problems: [] },
    ]);
    // Its former name is free for others.
    const first = linesOf(`${block('t')}\nweb-2 ${last('t')}\n${block('u')}\n${last('u')}`);
    expect(first.map(({ name, problems }) => [name, problems])).toEqual([
      ['web-2', []],
      ['web-1', []],
    ]);
  });

  it('reports missing parts', () => {
    expect(kinds('Dashboard should connect to: http://web-1:8000')).toEqual([
      ['nameMissing', 'tokenMissing'],
    ]);
  });
});

describe('problems', () => {
  it('are found before anything is sent', () => {
    expect(kinds('web-1')).toEqual([['urlMissing', 'tokenMissing']]);
    expect(kinds(',ftp://x,t')).toEqual([['nameMissing', 'urlWrong']]);
    const token = '0b7e2c9e-4d6f-4a51-9c3e-5f0a1b2c3d4e';
    expect(kinds(`a,${token},http://x:1`)).toEqual([['mixedUp']]);
    expect(kinds(`a,${token},x:1`)).toEqual([['mixedUp']]);
    expect(kinds('a,secret,http://x:1')).toEqual([['mixedUp']]);
    expect(kinds('a,x:1,to ken')).toEqual([['tokenWrong']]);
    expect(kinds('a\u200b,x:1,t')).toEqual([['nameWrong']]);
    expect(kinds(`a,x:1,t,${'x'.repeat(33)}`)).toEqual([['tagWrong']]);
    expect(kinds(`a,x:1,t,${[...Array(17).keys()].join(';')}`)).toEqual([['tooManyTags']]);
    expect(kinds(`a,x:1,t,,${'x'.repeat(4001)}`)).toEqual([['noteLong']]);
    expect(kinds('name,url,token\na,x:1,t,more')).toEqual([['tooManyCells']]);
    expect(kinds('a,x:1,t,,"note')).toEqual([['quoteOpen']]);
  });

  it('name the earlier line of a duplicate name', () => {
    const [, , third] = linesOf('a,x:1,t\nb,x:1,t\na,y:1,t');
    expect(third!.problems).toEqual([{ kind: 'twice', line: 1 }]);
  });

  it('cover the whole text if it is too large', () => {
    const line = 'a,x:1,t\n';
    expect(parseComputers(line.repeat(mostLines)).isTooLarge).toBe(false);
    expect(parseComputers(line.repeat(mostLines + 1))).toEqual({ isTooLarge: true, by: 'lines' });
    expect(parseComputers('ä'.repeat(mostBytes / 2)).isTooLarge).toBe(false);
    expect(parseComputers('ä'.repeat(mostBytes / 2 + 1))).toEqual({
      isTooLarge: true,
      by: 'bytes',
    });
  });
});

// A seeded generator, so that failures are reproducible: mulberry32.
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

describe('any text', () => {
  const letters = [...'ab"",;\t \n\r=#|ä:/8Token: ', 'http://x:1', '=== CLIENT STARTED ===\n'];

  it('is parsed to its end without errors, each line with its own number', () => {
    const random = randomFrom(1);
    for (let round = 0; round < 3_000; round += 1) {
      const text = Array.from({ length: random(60) }, () => letters[random(letters.length)]).join(
        '',
      );
      const lines = linesOf(text).map(({ line }) => line);
      expect(lines, JSON.stringify(text)).toEqual([...new Set(lines)].sort((a, b) => a - b));
      expect(lines.at(-1) ?? 1).toBeLessThanOrEqual(text.split('\n').length);
    }
  });

  it('written as CSV survives a round trip', () => {
    const random = randomFrom(2);
    const word = (extra: string, least = 1) =>
      Array.from(
        { length: least + random(8) },
        () => `abc=+-@'Ü1${extra}`[random(10 + extra.length)],
      )
        .join('')
        .trim();
    for (let round = 0; round < 1_000; round += 1) {
      const name = `x${word(' ,;"')}y${round}`;
      const row = [
        name,
        'http://x:1',
        `t${word('').replace(/Ü/g, 'u')}`,
        word(''),
        word(' ,;"\n\t'),
      ];
      const [line, ...others] = linesOf(toCsv([['name', 'url', 'token', 'tags', 'note'], row]));
      expect(others).toEqual([]);
      expect([line!.name, line!.url, line!.token, line!.tags![0], line!.note]).toEqual(row);
    }
  });

  it('takes time in proportion to its length', () => {
    for (const part of ['"', 'a ', '" ', ',"', '|', ']:', ' Token:', '\t', 'x']) {
      const began_ms = performance.now();
      parseComputers(part.repeat(mostBytes / part.length / 2));
      // Linear time is some tens of milliseconds; quadratic time would be minutes.
      expect(performance.now() - began_ms, JSON.stringify(part)).toBeLessThan(5_000);
    }
  });
});
