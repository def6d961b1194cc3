// The last hour of one value by the minute, extended by each value that arrives. Pure.

/** One value for each minute, oldest first. */
export interface Hour {
  /** Unix seconds at which the first minute begins. */
  from_s: number;
  step_s: number;
  values: (number | null)[];
  /** How many values the newest minute averages. */
  newestCount: number;
}

export function toHour(from_s: number, step_s: number, values: (number | null)[]): Hour {
  return { from_s, step_s, values: [...values], newestCount: 1 };
}

/** Shifts the hour so that the minute `index` becomes the newest. */
function moveOn(hour: Hour, index: number): void {
  const { length } = hour.values;
  const steps = index - (length - 1);
  const kept = hour.values.slice(Math.min(steps, length));
  const empty = Array.from({ length: length - kept.length }, () => null);
  hour.values = [...kept, ...empty];
  hour.from_s += steps * hour.step_s;
  hour.newestCount = 0;
}

/** Adds a value. One older than the newest minute is already included. */
export function addValue(hour: Hour, at_ms: number, value: number | null): void {
  const index = Math.floor((at_ms / 1000 - hour.from_s) / hour.step_s);
  if (index > hour.values.length - 1) moveOn(hour, index);
  else if (index < hour.values.length - 1) return;
  if (value === null) return;
  const newest = hour.values.length - 1;
  const before = hour.values[newest] ?? null;
  const count = before === null ? 0 : hour.newestCount;
  hour.values[newest] = ((before ?? 0) * count + value) / (count + 1);
  hour.newestCount = count + 1;
}

/**
 * The `d` attribute of a path: one unit wide for each minute, 0 to 100 % over twenty units; gaps
 * stay gaps.
 */
export function sparklinePath(values: readonly (number | null)[]): string {
  let path = '';
  values.forEach((value, index) => {
    if (value === null) return;
    const y = Math.round(200 - 2 * Math.min(100, Math.max(0, value))) / 10;
    const follows = (values[index - 1] ?? null) !== null;
    // A single minute between two gaps is drawn as a dash, so that it is visible.
    const isAlone = !follows && (values[index + 1] ?? null) === null;
    path += follows ? `L${index} ${y}` : `M${index} ${y}${isAlone ? 'h.5' : ''}`;
  });
  return path;
}
