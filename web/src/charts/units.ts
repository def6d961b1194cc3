// The unit of a series, and how its values are formatted.

import { amount, bytes, duration, percent, rate, type Maybe, type Quantity } from '../format';
import { text } from '../text';

export type Unit = 'percent' | 'bytes' | 'rate' | 'seconds' | 'number' | 'perSecond';

/** Maps the catalogue's units; a counter is shown as a rate per second. */
export function chartUnit(unit: string, isCounter: boolean): Unit {
  if (unit === '%') return isCounter ? 'perSecond' : 'percent';
  if (unit === 'B/s') return 'rate';
  if (unit === 'B') return isCounter ? 'rate' : 'bytes';
  if (unit === 's') return isCounter ? 'number' : 'seconds';
  return isCounter ? 'perSecond' : 'number';
}

export function formatValue(unit: Unit, value: Maybe): Quantity {
  switch (unit) {
    case 'percent':
      return percent(value);
    case 'bytes':
      return bytes(value);
    case 'rate':
      return rate(value);
    case 'seconds':
      return duration(value == null ? null : value * 1000);
    case 'perSecond':
      return { ...amount(value), unit: value == null ? '' : text.units.perSecond };
    case 'number':
      return amount(value);
  }
}

/** The minimum range of the value axis, so that noise around zero does not look like mountains. */
export const leastTop: Record<Unit, number> = {
  percent: 100,
  bytes: 1024 ** 2,
  rate: 1_000,
  seconds: 1,
  number: 1,
  perSecond: 1,
};
