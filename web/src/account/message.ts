// What the server says about a form that it refused: it answers with the same page, and its
// sentence stands in a meta element of index.html.

export const serverMessage = (): string | null =>
  document.querySelector<HTMLMetaElement>('meta[name="muster-message"]')?.content.trim() || null;
