import { expect, it } from 'vitest';
import { TagsInput } from './tagsField.svelte';

const fieldOf = (tags: string[]) => {
  const chosen = { tags, known: ['prod', 'db', 'web'] };
  return { chosen, field: new TagsInput(chosen) };
};

const press = (field: TagsInput, key: string): boolean => {
  let isTaken = false;
  const preventDefault = () => (isTaken = true);
  field.onKeydown({ key, isComposing: false, preventDefault } as unknown as KeyboardEvent);
  return isTaken;
};

it('accepts tags separated by commas and leaves invalid ones in the field', () => {
  const { chosen, field } = fieldOf(['prod']);
  field.typed = `db, Prod,${'x'.repeat(33)},`;
  field.onInput();
  expect(chosen.tags).toEqual(['prod', 'db']);
  expect(field.typed).toBe('x'.repeat(33));
  expect(field.objection).not.toBe('');
});

it('accepts the selected suggestion, and removes the last tag with Backspace', () => {
  const { chosen, field } = fieldOf(['prod']);
  expect(press(field, 'Enter')).toBe(false);
  press(field, 'ArrowUp');
  expect(field.proposed).toEqual(['db', 'web']);
  press(field, 'Enter');
  expect(chosen.tags).toEqual(['prod', 'web']);
  press(field, 'Backspace');
  expect(chosen.tags).toEqual(['prod']);
  expect(press(field, 'Escape')).toBe(true);
  expect(press(field, 'Escape')).toBe(false);
});
