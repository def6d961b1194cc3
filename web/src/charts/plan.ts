// The buckets of a chart, and the length of a gap.

export interface Plan {
  from_s: number;
  to_s: number;
  step_s: number;
  points: number;
}

/** Longer stretches without a sample are gaps, as on the server. */
export const gapFrom_intervals = 2.5;
