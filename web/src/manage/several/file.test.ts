import { expect, it } from 'vitest';
import { decodeText } from './file';

it('reads the encodings that spreadsheets write', () => {
  expect(decodeText(new TextEncoder().encode('Büro,x'))).toBe('Büro,x');
  expect(decodeText(new Uint8Array([0xef, 0xbb, 0xbf, 0x61]))).toBe('a');
  expect(decodeText(new Uint8Array([0xff, 0xfe, 0xfc, 0]))).toBe('ü');
  expect(decodeText(new Uint8Array([0xfe, 0xff, 0, 0xfc]))).toBe('ü');
  expect(decodeText(new Uint8Array([0x42, 0xfc, 0x72, 0x6f]))).toBe('Büro');
  expect(decodeText(new Uint8Array())).toBe('');
});
