// The one moment that all charts of the page point at. It is a time and no place on the screen, so
// that it stays what it is while the charts move on.

export class Crosshair {
  moment_s = $state<number | null>(null);
}
