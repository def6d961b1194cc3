// The period that the charts show: a span that ends now, or a stretch between two moments. It is
// kept in the address, so that it can be shared and the back button works.

export const spans = [
  'quarter',
  'hour',
  'sixHours',
  'day',
  'week',
  'month',
  'year',
  'all',
] as const;
export type Span = (typeof spans)[number];

const hour_s = 3600;
export const span_s: Record<Exclude<Span, 'all'>, number> = {
  quarter: hour_s / 4,
  hour: hour_s,
  sixHours: 6 * hour_s,
  day: 24 * hour_s,
  week: 7 * 24 * hour_s,
  month: 30 * 24 * hour_s,
  year: 365 * 24 * hour_s,
};

export type View = { span: Span } | Stretch;

export interface Stretch {
  from_s: number;
  to_s: number;
}

export const isFixed = (view: View): view is Stretch => 'from_s' in view;

const latest_s = 253_402_300_800;
const moment = (words: string | null): number | null => {
  const seconds = words === null || words === '' ? NaN : Number(words);
  return seconds >= 0 && seconds <= latest_s ? seconds : null;
};

/** Null if the address has no valid view. */
export function parseView(query: URLSearchParams): View | null {
  const [from_s, to_s] = [moment(query.get('from')), moment(query.get('to'))];
  if (from_s !== null && to_s !== null && from_s < to_s) return { from_s, to_s };
  const span = spans.find((name) => name === query.get('span'));
  return span ? { span } : null;
}

export const viewToQuery = (view: View): Record<'span' | 'from' | 'to', string | null> =>
  isFixed(view)
    ? { span: null, from: String(view.from_s), to: String(view.to_s) }
    : { span: view.span, from: null, to: null };

export const viewKey = (view: View): string =>
  isFixed(view) ? `${view.from_s}-${view.to_s}` : view.span;

/** A stretch as long as a span that ends now becomes that span, and moves on with time. */
function ending(from_s: number, to_s: number, now_s: number): View {
  if (to_s < now_s) return { from_s: Math.max(0, from_s), to_s };
  const length_s = to_s - from_s;
  const span = spans.find((name) => name !== 'all' && span_s[name] === length_s);
  return span ? { span } : { from_s: Math.round(now_s) - length_s, to_s: Math.round(now_s) };
}

/** One length back (-1) or forward (1), never past now. */
export function shiftView(shown: Stretch, direction: 1 | -1, now_s: number): View {
  const shift_s = direction * (shown.to_s - shown.from_s);
  return ending(shown.from_s + shift_s, shown.to_s + shift_s, now_s);
}

/** Half the length around a moment, within the shown stretch. */
export function zoomIn({ from_s, to_s }: Stretch, around_s: number): Stretch {
  const length_s = (to_s - from_s) / 2;
  const begin_s = Math.min(to_s - length_s, Math.max(from_s, around_s - length_s / 2));
  return { from_s: begin_s, to_s: begin_s + length_s };
}

/** Rounds to whole seconds, and keeps the stretch long enough to draw and no later than now. */
export function clampStretch({ from_s, to_s }: Stretch, least_s: number, now_s: number): Stretch {
  const length_s = Math.ceil(Math.max(least_s, to_s - from_s));
  const middle_s = (from_s + to_s) / 2;
  const end_s = Math.min(Math.round(middle_s + length_s / 2), Math.ceil(now_s));
  return { from_s: end_s - length_s, to_s: end_s };
}

/** The stretch that a view currently means, without the bucket that has only just begun. */
export function resolveStretch(view: View, planned: Stretch, now_s: number): Stretch {
  if (isFixed(view)) return view;
  if (view.span === 'all') return { from_s: planned.from_s, to_s: Math.round(now_s) };
  const to_s = Math.round(now_s);
  return { from_s: to_s - span_s[view.span], to_s };
}
