// Single-key commands. They never fire while the reader types or a dialog is open.

export type Keys = Record<string, () => void>;

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]')
  );
}

/** Listens until the returned function is called; can be the whole body of an `$effect`. */
export function listenForKeys(keys: Keys): () => void {
  const onKeydown = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(event.target) || document.querySelector('dialog[open]')) return;
    const command = Object.hasOwn(keys, event.key) ? keys[event.key] : undefined;
    if (!command) return;
    event.preventDefault();
    command();
  };
  window.addEventListener('keydown', onKeydown);
  return () => window.removeEventListener('keydown', onKeydown);
}
