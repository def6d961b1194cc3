// The state of the tag field and its keys: Enter or a comma completes a tag, Backspace in an empty
// field removes the last one, the arrows choose among the suggestions.

import { text } from '../text';
import { cleanTag, hasTag, mostTags, suggestTags, addTag } from './tags';

interface Chosen {
  tags: string[];
  /** Tags in use, the most used first. */
  readonly known: string[];
}

export class TagsInput {
  typed = $state('');
  open = $state(false);
  /** The suggestion that Enter accepts; -1 if it accepts the typed text. */
  active = $state(-1);
  objection = $state('');
  readonly #chosen: Chosen;

  constructor(chosen: Chosen) {
    this.#chosen = chosen;
  }

  readonly proposed = $derived.by(() => (this.open ? this.#fitting() : []));

  #fitting(): string[] {
    return suggestTags(this.#chosen.known, this.#chosen.tags, this.typed);
  }

  add(tag: string | null): boolean {
    const { tags } = this.#chosen;
    this.objection = '';
    if (tag === null) this.objection = text.manage.tagWrong;
    else if (!hasTag(tags, tag) && tags.length >= mostTags)
      this.objection = text.manage.tagsFull(mostTags);
    if (tag === null || this.objection) return false;
    this.#chosen.tags = addTag(tags, tag);
    this.typed = '';
    this.active = -1;
    return true;
  }

  addTyped(): void {
    if (this.typed.trim() !== '') this.add(cleanTag(this.typed));
  }

  remove(tag: string): void {
    this.#chosen.tags = this.#chosen.tags.filter((other) => other !== tag);
    this.objection = '';
  }

  /** A pasted list becomes several tags; invalid ones stay in the field. */
  onInput(): void {
    this.open = true;
    this.active = -1;
    const parts = this.typed.split(',');
    if (parts.length < 2) return;
    const refused = parts.filter((part) => part.trim() !== '' && !this.add(cleanTag(part)));
    this.typed = refused.join(' ');
  }

  close(): void {
    this.open = false;
    this.active = -1;
  }

  #move(step: number): boolean {
    this.open = true;
    const count = this.#fitting().length;
    const from = this.active + (this.active < 0 && step < 0 ? 1 : 0);
    this.active = count === 0 ? -1 : (from + step + count) % count;
    return true;
  }

  #enter(): boolean {
    // In an empty field, Enter submits the form.
    if (this.active < 0 && this.typed.trim() === '') return false;
    if (this.active >= 0) this.add(this.proposed[this.active]!);
    else this.addTyped();
    return true;
  }

  #escape(): boolean {
    const wasShown = this.proposed.length > 0;
    this.close();
    return wasShown;
  }

  #backspace(): boolean {
    const last = this.#chosen.tags.at(-1);
    if (this.typed !== '' || last === undefined) return false;
    this.remove(last);
    return true;
  }

  readonly #commands: Record<string, () => boolean> = {
    ArrowDown: () => this.#move(1),
    ArrowUp: () => this.#move(-1),
    Enter: () => this.#enter(),
    Escape: () => this.#escape(),
    Backspace: () => this.#backspace(),
  };

  onKeydown(event: KeyboardEvent): void {
    if (event.isComposing || !Object.hasOwn(this.#commands, event.key)) return;
    if (this.#commands[event.key]!()) event.preventDefault();
  }
}
