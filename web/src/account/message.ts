// What the server says about a form that it refused: it answers with the same page, and its
// sentence stands in a meta element of index.html.

import { text } from '../text';

export function serverMessage(): string | null {
  const meta = document.querySelector<HTMLMetaElement>('meta[name="muster-message"]');
  const sentence = meta?.content.trim();
  return sentence ? text.said(sentence) : null;
}
