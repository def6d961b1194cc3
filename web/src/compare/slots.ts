// Assigns a colour to each computer, which it keeps when others are added or removed.

export function assignSlots(
  ids: readonly number[],
  before: ReadonlyMap<number, number>,
): Map<number, number> {
  const slots = new Map(ids.flatMap((id) => (before.has(id) ? [[id, before.get(id)!]] : [])));
  const taken = new Set(slots.values());
  for (const id of ids) {
    if (slots.has(id)) continue;
    let slot = 0;
    while (taken.has(slot)) slot += 1;
    taken.add(slot);
    slots.set(id, slot);
  }
  return slots;
}
