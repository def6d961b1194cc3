// Masks tokens in a preview, in any column, because they are secrets.

/** Enough to tell tokens apart, too little to use one. */
export const tokenHint = (token: string): string =>
  token.length > 8 ? `…${token.slice(-4)}` : '…';

const uuid = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/gi;
/** Unlike a word that people write: letters and digits without a break. */
const longWord = /(?=[a-z_]*\d)(?=\d*[a-z_])[a-z\d_]{24,}/gi;

/** Replaces each word that looks like a token by a hint. */
export const maskTokens = (words: string): string =>
  words.replace(uuid, tokenHint).replace(longWord, tokenHint);

/** Exactly a token as agents generate it; no host has such a name. */
export const isAgentToken = (word: string): boolean => word.replace(uuid, '') === '' && word !== '';
