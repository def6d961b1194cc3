// Formats numbers and times by one set of rules: percentages are whole; quantities below 100 have
// one decimal, from 100 on none; durations are in their largest unit, rounded down. Units are
// separate from numbers, because pages set them lighter.

import { locale, text } from './text';

export interface Quantity {
  number: string;
  unit: string;
}

export type Maybe = number | null | undefined;

const noBreakSpace = '\u00a0';
const none: Quantity = { number: text.missing, unit: '' };

const decimals = Array.from(
  { length: 3 },
  (_, digits) =>
    new Intl.NumberFormat(locale, {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
      // Keeps the width of numbers that change in place.
      useGrouping: false,
    }),
);

/** With a fixed number of digits after the reader's decimal separator. */
export const formatFixed = (value: number, digits: number): string =>
  decimals[digits]!.format(value);

export const formatQuantity = (quantity: Quantity): string =>
  quantity.unit ? quantity.number + noBreakSpace + quantity.unit : quantity.number;

export function percent(value: Maybe, decimals = 0): Quantity {
  if (value == null) return none;
  return { number: formatFixed(value, decimals), unit: text.units.percent };
}

/** A share of 1, rounded down: an incomplete share never shows as 100 %. */
export function share(value: Maybe): Quantity {
  if (value == null) return none;
  const tenths = Math.floor(value * 1000 + 1e-9);
  return { number: formatFixed(tenths / 10, tenths === 1000 ? 0 : 1), unit: text.units.percent };
}

// 99.95 would show as 100.0 with one decimal, so it counts as 100.
const rounded = (value: number): string => formatFixed(value, value < 99.95 ? 1 : 0);

function scaled(value: number, step: number, units: readonly string[], first: number): Quantity {
  let index = first;
  let number = value / step ** first;
  // Four digits would be wider than three and a decimal: 1000 GiB is shown as 1.0 TiB.
  while (number >= 999.5 && index < units.length - 1) {
    number /= step;
    index += 1;
  }
  return { number: index === 0 ? formatFixed(number, 0) : rounded(number), unit: units[index]! };
}

/** Memory and disks, in powers of 1024. */
export const bytes = (value: Maybe): Quantity =>
  value == null ? none : scaled(value, 1024, text.units.bytes, 0);

/** Network rates in powers of 1000, as is usual for networks, and never below kB/s. */
export const rate = (value: Maybe): Quantity =>
  value == null ? none : scaled(value, 1000, text.units.bytesPerSecond, 1);

/** A plain number: up to three digits, larger ones with a suffix for each power of a thousand. */
export function amount(value: Maybe): Quantity {
  if (value == null) return none;
  if (Math.abs(value) >= 999.5) return scaled(value, 1000, text.units.thousands, 1);
  const decimals = Number.isInteger(value) ? 0 : Math.abs(value) < 9.995 ? 2 : 1;
  return { number: formatFixed(value, decimals), unit: '' };
}

/** Several rates in the unit of the largest, so that they can be compared at a glance. */
export function ratesTogether(...values: Maybe[]): { numbers: string[]; unit: string } {
  const largest = Math.max(...values.map((value) => value ?? 0));
  const { unit } = scaled(largest, 1000, text.units.bytesPerSecond, 1);
  const divisor = 1000 ** text.units.bytesPerSecond.indexOf(unit);
  const numbers = values.map((value) => (value == null ? text.missing : rounded(value / divisor)));
  return { numbers, unit };
}

/** Load average: a number without a unit. */
export const load = (value: Maybe): string => (value == null ? text.missing : rounded(value));

const second_ms = 1000;
const minute_ms = 60 * second_ms;
const hour_ms = 60 * minute_ms;
const day_ms = 24 * hour_ms;

function durationParts(duration_ms: number) {
  const positive_ms = Math.max(0, duration_ms);
  if (positive_ms < minute_ms)
    return { count: Math.floor(positive_ms / second_ms), unit: 'second' as const };
  if (positive_ms < hour_ms)
    return { count: Math.floor(positive_ms / minute_ms), unit: 'minute' as const };
  if (positive_ms < 2 * day_ms)
    return { count: Math.floor(positive_ms / hour_ms), unit: 'hour' as const };
  return { count: Math.floor(positive_ms / day_ms), unit: 'day' as const };
}

export function duration(duration_ms: number | null): Quantity {
  if (duration_ms == null) return none;
  const { count, unit } = durationParts(duration_ms);
  return { number: String(count), unit: text.units.durationShort[unit] };
}

/** Agents report the age of a process in hundredths of an hour, too coarse for seconds. */
export function processAge(age_hours: number | null): Quantity {
  if (age_hours === null) return none;
  // Rounded, since floating point makes 0.15 h times 3600 s slightly less than 9 min.
  const age_ms = Math.round(age_hours * hour_ms);
  if (age_ms < minute_ms) return { number: '<1', unit: text.units.durationShort.minute };
  return duration(age_ms);
}

export function durationInWords(duration_ms: number): string {
  const { count, unit } = durationParts(duration_ms);
  return text.units.durationLong(count, unit);
}

/** "now" if younger than `fresh_ms`, else "8 min ago". */
export function ago(moment_ms: number | null, now_ms: number, fresh_ms = 5 * second_ms): string {
  if (moment_ms == null) return text.time.never;
  const age_ms = now_ms - moment_ms;
  return age_ms < fresh_ms ? text.time.now : text.time.ago(formatQuantity(duration(age_ms)));
}

const formatter = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(locale, { hourCycle: 'h23', ...options });
const clock = formatter({ hour: '2-digit', minute: '2-digit' });
const clockWithSeconds = formatter({ hour: '2-digit', minute: '2-digit', second: '2-digit' });
const dayOfYear = formatter({ day: 'numeric', month: 'short' });
const dayWithYear = formatter({ day: 'numeric', month: 'short', year: 'numeric' });
const full = formatter({
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short',
});

const dateOf = (moment_ms: number, now_ms: number): string =>
  (new Date(moment_ms).getFullYear() === new Date(now_ms).getFullYear()
    ? dayOfYear
    : dayWithYear
  ).format(moment_ms);

const sameDay = (one_ms: number, other_ms: number): boolean =>
  new Date(one_ms).toDateString() === new Date(other_ms).toDateString();

/** The shortest clear form: "02:11" today, "21 Nov" this year, "21 Nov 2025" for earlier years. */
export const moment = (moment_ms: number, now_ms: number): string =>
  sameDay(moment_ms, now_ms) ? clock.format(moment_ms) : dateOf(moment_ms, now_ms);

/** Like `moment`, but always with the time of day. */
export const momentWithClock = (moment_ms: number, now_ms: number, seconds = false): string => {
  const time = (seconds ? clockWithSeconds : clock).format(moment_ms);
  return sameDay(moment_ms, now_ms) ? time : `${dateOf(moment_ms, now_ms)}, ${time}`;
};

/** From one moment to another, with seconds if they are close together. */
export function formatStretch(from_ms: number, to_ms: number, now_ms: number): string {
  const seconds = to_ms - from_ms < 2 * minute_ms;
  const from = momentWithClock(from_ms, now_ms, seconds);
  if (sameDay(from_ms, to_ms))
    return `${from}–${(seconds ? clockWithSeconds : clock).format(to_ms)}`;
  return `${from} – ${momentWithClock(to_ms, now_ms, seconds)}`;
}

/** With seconds and the time zone, for hovering over a shorter form. */
export const exactTime = (moment_ms: number): string => full.format(moment_ms);

export const clockTime = (moment_ms: number): string => clock.format(moment_ms);
export const clockTimeWithSeconds = (moment_ms: number): string =>
  clockWithSeconds.format(moment_ms);
export const dayName = (moment_ms: number): string => dayOfYear.format(moment_ms);
