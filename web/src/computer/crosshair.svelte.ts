// The one moment that all charts of the page point at, as the number of a bucket.

export class Crosshair {
  index = $state<number | null>(null);
}
