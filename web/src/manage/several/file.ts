// Reads the text of a chosen file, in whichever encoding the spreadsheet wrote it.

import { text } from '../../text';
import { mostBytes } from './parse';

export async function readText(file: File): Promise<{ text: string } | { failure: string }> {
  // UTF-16 takes two bytes a letter; the parser checks the size of the decoded text again.
  if (file.size > 2 * mostBytes + 2) return { failure: text.several.tooManyBytes };
  try {
    return { text: decodeText(new Uint8Array(await file.arrayBuffer())) };
  } catch {
    return { failure: text.several.fileFailed };
  }
}

/**
 * Detects the encoding by the first bytes; older spreadsheets write the Windows character set
 * instead of UTF-8.
 */
export function decodeText(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
