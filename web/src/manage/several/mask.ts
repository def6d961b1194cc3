// Tokens are secrets: a preview hints at them, wherever the reader put them.

/** Enough to tell one from another, too little to use it. */
export const hint = (token: string): string => (token.length > 8 ? `…${token.slice(-4)}` : '…');

const uuid = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/gi;
/** No word that people write: letters and digits, without a pause. */
const longWord = /(?=[a-z_]*\d)(?=\d*[a-z_])[a-z\d_]{24,}/gi;

/** With a hint in place of each word that has the shape of a token. */
export const masked = (words: string): string => words.replace(uuid, hint).replace(longWord, hint);

/** One that an agent made up, and nothing else; no host has such a name. */
export const isAgentToken = (word: string): boolean => word.replace(uuid, '') === '' && word !== '';
