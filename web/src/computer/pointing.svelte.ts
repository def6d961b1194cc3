// The moment under the crosshair in words, and the keys that move the crosshair.

import { clock } from '../app/clock.svelte';
import { Crosshair } from '../charts/crosshair.svelte';
import { seriesValue } from '../charts/drawn';
import { stepCrosshair } from '../charts/steps';
import { nearestIndex } from '../charts/timeline';
import { formatValue } from '../charts/units';
import { momentWithClock, formatQuantity } from '../format';
import { rhythm } from '../live/rhythm.svelte';
import { text } from '../text';
import { mainCharts } from './charts';
import { briefWithin, outageWithin, type Outage } from './outages';
import type { Picture } from './picture.svelte';
import { rebootWithin } from './reboots';
import { formatOutage } from './formatOutage';

const sayMoment = (moment_s: number) => momentWithClock(moment_s * 1000, clock.now_ms, true);

export class Pointing {
  readonly crosshair = new Crosshair();
  readonly #picture: Picture;

  constructor(picture: Picture) {
    this.#picture = picture;
  }

  readonly moments_s = $derived.by(() => this.#picture.timeline.moments_s);
  readonly last = $derived.by(() => this.moments_s.length - 1);
  readonly index = $derived.by(() => {
    const { moment_s } = this.crosshair;
    return moment_s === null || this.last < 0 ? null : nearestIndex(this.moments_s, moment_s);
  });
  readonly moment_s = $derived.by(() =>
    this.index === null ? null : (this.moments_s[this.index] ?? null),
  );

  /** From halfway to the previous moment to halfway to the next. */
  #around(index: number): [number, number] {
    const { step_s } = this.#picture.plan ?? { step_s: 0 };
    const moment_s = this.moments_s[index] ?? 0;
    const before_s = this.moments_s[index - 1] ?? moment_s - step_s;
    const after_s = this.moments_s[index + 1] ?? moment_s + step_s;
    return [(before_s + moment_s) / 2, (moment_s + after_s) / 2];
  }

  /** The outage that a reboot caused, if the next answer showed it: both are one event. */
  #told(reboot_s: number): Outage | null {
    const near_s = (this.#picture.plan?.step_s ?? 0) + 3 * (rhythm.interval_s ?? 0);
    return briefWithin(this.#picture.outages, reboot_s - near_s, reboot_s + near_s);
  }

  #eventAt(index: number): string | null {
    const { outages, reboots } = this.#picture;
    const around = this.#around(index);
    const outage = outageWithin(outages, ...around) ?? briefWithin(outages, ...around);
    if (outage) return formatOutage(outage, clock.now_ms);
    const reboot_s = rebootWithin(reboots, ...around);
    if (reboot_s === null) return null;
    const told = this.#told(reboot_s);
    return told ? formatOutage(told, clock.now_ms) : text.computer.rebootedAt(sayMoment(reboot_s));
  }

  #isFilledInAt(moment_s: number): boolean {
    const { filledIn } = this.#picture;
    return filledIn.some(({ from_s, to_s }) => from_s <= moment_s && moment_s < to_s);
  }

  #valuesAt(index: number): string[] {
    const { timeline, readings, series } = this.#picture;
    const source = timeline.sources[index]!;
    const valueOf = (name: string) =>
      source < 0 ? seriesValue(readings[~source], name) : (series[name]?.avg[source] ?? null);
    return mainCharts.flatMap(({ title, unit, lines }) =>
      lines.flatMap(({ series: name, label }) => {
        const value = valueOf(name);
        if (value === null) return [];
        return [[title, label, formatQuantity(formatValue(unit, value))].filter(Boolean).join(' ')];
      }),
    );
  }

  /** Why there is no value at the moment, or what else to say about it. */
  readonly inWords = $derived.by(() => {
    const { index, moment_s } = this;
    if (index === null || moment_s === null) return null;
    const event = this.#eventAt(index);
    if (event) return event;
    if (this.#valuesAt(index).length === 0) return text.computer.gapAt(sayMoment(moment_s));
    return this.#isFilledInAt(moment_s) ? text.charts.filledInAt(sayMoment(moment_s)) : null;
  });

  /** The full text, for screen readers. */
  readonly spoken = $derived.by(() => {
    const { index, moment_s } = this;
    if (index === null || moment_s === null) return text.charts.crosshairHint;
    const said = sayMoment(moment_s);
    const event = this.#eventAt(index);
    const values = this.#valuesAt(index);
    if (values.length === 0 && !event) return text.computer.gapAt(said);
    if (event) return [said, event, ...values].join(', ');
    const head = this.#isFilledInAt(moment_s) ? text.charts.filledInAt(said) : said;
    return [head, ...values].join(', ');
  });

  /** The next moment with an event on the time line, to the left or right; else `from`. */
  #nextEvent(from: number, step: 1 | -1): number {
    const inside = (index: number) => index >= 0 && index <= this.last;
    const begun = inside(from) ? this.#eventAt(from) : null;
    let index = from + step;
    while (inside(index) && begun !== null && this.#eventAt(index) === begun) index += step;
    while (inside(index) && this.#eventAt(index) === null) index += step;
    return inside(index) ? index : from;
  }

  #target({ key, shiftKey }: KeyboardEvent): number | null | undefined {
    const { index, last } = this;
    if (key === 'PageUp') return this.#nextEvent(index ?? last + 1, -1);
    if (key === 'PageDown') return this.#nextEvent(index ?? -1, 1);
    return stepCrosshair(key, index, last, shiftKey ? 10 : 1);
  }

  onKeydown(event: KeyboardEvent): void {
    const target = this.#target(event);
    if (target === undefined) return;
    event.preventDefault();
    const number = target === null ? null : Math.min(this.last, Math.max(0, target));
    this.crosshair.pointByKeys(number === null ? null : (this.moments_s[number] ?? null));
  }
}
