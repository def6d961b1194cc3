// The computer last focused or opened: where `j` and `k` continue, also after returning from its
// page. Scrolling fills rows with other computers, so focus must follow the computer.

import type { Section } from './sections';

export const elementId = (id: number, tag: string | null): string =>
  tag === null ? `computer-${id}` : `computer-${id}-${tag}`;

class Cursor {
  id: number | null = null;
  /** The group in which it was focused, since a computer may be in several. */
  tag: string | null = null;
  /** Whether it has focus, or would have if it were visible. */
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
    // The reader moved focus elsewhere: it stays there.
    if (!isOnAnother && active !== document.body && active !== null) return;
    const element = document.getElementById(wanted);
    if (element) element.focus({ preventScroll: true });
    else if (isOnAnother) (active as HTMLElement).blur();
  }

  /** The reader pressed or focused something other than a computer. */
  letGo(target: EventTarget | null): void {
    if (!(target instanceof Element) || !target.id.startsWith('computer-')) this.isHeld = false;
  }
}

export const cursor = new Cursor();
