// The one moment that all charts of the page point at. It is a time and no place on the screen, so
// that it stays what it is while the charts move on.

export class Crosshair {
  moment_s = $state<number | null>(null);
  /** The key of the chart that a hand points at; null where keys move it. */
  chart = $state<string | null>(null);

  point(moment_s: number | null, chart: string | null = null): void {
    this.moment_s = moment_s;
    this.chart = chart;
  }
}
