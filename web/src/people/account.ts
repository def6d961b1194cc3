// Validates an account before it is sent. The server validates again.

import { text } from '../text';

const leastCharacters = 8;

/** Counts characters, as the server does, and not UTF-16 units. */
const isShort = (password: string): boolean => [...password].length < leastCharacters;

export interface Objection {
  field: 'username' | 'password';
  sentence: string;
}

export function objectionToNew(username: string, password: string): Objection | null {
  if (username.trim() === '') return { field: 'username', sentence: text.people.usernameMissing };
  if (isShort(password)) return { field: 'password', sentence: text.people.passwordShort };
  return null;
}

/** An empty field keeps the password. */
export const objectionToPassword = (password: string): string | null =>
  password !== '' && isShort(password) ? text.people.passwordShort : null;
