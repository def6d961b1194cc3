// The text of a file that somebody picked, in whichever Unicode their spreadsheet wrote it.

import { text } from '../../text';
import { mostBytes } from './parse';

export async function textOf(file: File): Promise<{ text: string } | { failure: string }> {
  // Two bytes a letter in the wider of the encodings; what it says is measured again when parsed.
  if (file.size > 2 * mostBytes + 2) return { failure: text.several.tooManyBytes };
  try {
    return { text: decoded(new Uint8Array(await file.arrayBuffer())) };
  } catch {
    return { failure: text.several.fileFailed };
  }
}

/** By its first bytes; older spreadsheets write what is no UTF-8 in the Windows character set. */
export function decoded(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
