// Names of computers are unique: a name that is only proposed gives way to those that are there.

/** `wanted`, or where that is taken the first of "wanted 2", "wanted 3", … that is free. */
export function freeName(wanted: string, taken: Iterable<string>): string {
  // A person would mistake Web-1 for web-1, whatever the server thinks of them.
  const known = new Set([...taken].map((name) => name.toLowerCase()));
  let name = wanted;
  for (let number = 2; known.has(name.toLowerCase()); number += 1) name = `${wanted} ${number}`;
  return name;
}
