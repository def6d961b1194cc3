// The computer that was last in focus or opened: where `j` and `k` go on from, also after coming
// back from its page. Rows are filled anew as the list moves, so that focus has to follow the
// computer that it was on.

import type { Section } from './sections';

export const elementId = (id: number, tag: string | null): string =>
  tag === null ? `computer-${id}` : `computer-${id}-${tag}`;

class Cursor {
  id: number | null = null;
  /** The group in which it was met, as a computer may stand in several. */
  tag: string | null = null;
  /** Whether focus is on it, or would be if it were in sight. */
  isHeld = false;

  at(id: number, { tag }: Section): void {
    this.id = id;
    this.tag = tag;
    this.isHeld = true;
  }

  /** Called whenever rows may have been filled with other computers. */
  follow(): void {
    if (!this.isHeld || this.id === null) return;
    const active = document.activeElement;
    const wanted = elementId(this.id, this.tag);
    if (active?.id === wanted) return;
    const isOnAnother = active?.id.startsWith('computer-') === true;
    // Elsewhere by the reader's own hand: there it stays.
    if (!isOnAnother && active !== document.body && active !== null) return;
    const element = document.getElementById(wanted);
    if (element) element.focus({ preventScroll: true });
    else if (isOnAnother) (active as HTMLElement).blur();
  }

  /** The reader pressed or focused something that is no computer. */
  letGo(target: EventTarget | null): void {
    if (!(target instanceof Element) || !target.id.startsWith('computer-')) this.isHeld = false;
  }
}

export const cursor = new Cursor();
