// "Firefox on Linux".

import { text } from '../text';
import { parseUserAgent } from './browser';

export function browserInWords(agent: string | null): string {
  const { name, system } = parseUserAgent(agent);
  const known = name ?? text.account.unknownBrowser;
  return system === null ? known : text.account.browserOn(known, system);
}
