// The one moment that all charts of the page point at. It is a time and no place on the screen, so
// that it stays what it is while the charts move on.

export class Crosshair {
  moment_s = $state<number | null>(null);
  /** The key of the chart that a hand points at; null where keys move it. */
  chart = $state<string | null>(null);

  #isHeldByKeys = false;

  point(moment_s: number | null, chart: string | null = null): void {
    this.moment_s = moment_s;
    this.chart = chart;
    this.#isHeldByKeys = false;
  }

  /** Keys hold it from here on, until a hand moves. */
  pointByKeys(moment_s: number | null): void {
    this.point(moment_s);
    this.#isHeldByKeys = moment_s !== null;
  }

  /** Whether the event is a hand's: a browser sends them too where the page moves under one that rests. */
  heeds({ movementX, movementY }: MouseEvent): boolean {
    return !this.#isHeldByKeys || movementX !== 0 || movementY !== 0;
  }
}
