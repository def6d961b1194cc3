// Names of computers are unique: a proposed name must not collide with existing ones.

/** `wanted` or, if that is taken, the first free one of "wanted 2", "wanted 3", … */
export function findFreeName(wanted: string, taken: Iterable<string>): string {
  // People would confuse Web-1 with web-1, even if the server distinguishes them.
  const known = new Set([...taken].map((name) => name.toLowerCase()));
  let name = wanted;
  for (let number = 2; known.has(name.toLowerCase()); number += 1) name = `${wanted} ${number}`;
  return name;
}
