// The moment that all charts of the page point at. It is a time and not a screen position, so it
// stays the same while the charts move on.

export class Crosshair {
  moment_s = $state<number | null>(null);
  /** The key of the chart under the pointer; null while keys move the crosshair. */
  chart = $state<string | null>(null);

  #isHeldByKeys = false;

  point(moment_s: number | null, chart: string | null = null): void {
    this.moment_s = moment_s;
    this.chart = chart;
    this.#isHeldByKeys = false;
  }

  /** Keys hold the crosshair from now on, until the pointer moves. */
  pointByKeys(moment_s: number | null): void {
    this.point(moment_s);
    this.#isHeldByKeys = moment_s !== null;
  }

  /**
   * Whether the user moved the pointer: browsers also send these events when the page moves under a
   * resting one.
   */
  heeds({ movementX, movementY }: MouseEvent): boolean {
    return !this.#isHeldByKeys || movementX !== 0 || movementY !== 0;
  }
}
