//! Reduces many samples to a few buckets, each with minimum, mean, maximum and count.

use crate::grid::{Grid, Slice, earlier};
use crate::{Bucket, Dense};
use std::convert::Infallible;

/// Equal spans of time from `from_ms` on, and the values in each.
///
/// A bucket holds the values with `start <= timestamp < start + width`. A bucket without values is `None`, so
/// gaps stay visible.
#[derive(Clone, Debug)]
pub struct Buckets {
    grid: Grid,
    buckets: Vec<Option<Bucket>>,
}

impl Buckets {
    /// Covers `from_ms..to_ms` with at most `points` buckets whose width is a whole number of milliseconds.
    ///
    /// There are no buckets if the span is empty or backward or `points` is 0.
    #[must_use]
    pub fn new(from_ms: i64, to_ms: i64, points: u32) -> Self {
        let grid = Grid::new(from_ms, to_ms, points);
        Self {
            grid,
            buckets: vec![None; grid.count],
        }
    }

    /// The width of a bucket in milliseconds.
    #[must_use]
    pub fn step_ms(&self) -> i64 {
        self.grid.step_ms
    }

    /// Adds a value if its time is within the span.
    pub fn add_value(&mut self, timestamp_ms: i64, value: f64) {
        if let Some(bucket) = self.grid.bucket(timestamp_ms) {
            self.merge(bucket, Bucket::from_value(value));
        }
    }

    /// Adds the present values, like `add_value` for each; only sums may be rounded differently. The times must
    /// rise; otherwise values may be left out or land in the wrong bucket. If one slice is longer than the
    /// other, its extra entries are ignored.
    pub fn add_values(&mut self, times_ms: &[i64], values: &Dense<f64>) {
        let entries = times_ms.len().min(values.values().len());
        let Some(&first_ms) = times_ms.first() else {
            return;
        };
        let mut known = 0;
        let place = |moment_ms| {
            known += earlier(times_ms.get(known..).unwrap_or_default(), moment_ms);
            Ok::<_, Infallible>(known)
        };
        let Ok(slices) = self.grid.slices(first_ms, 0..entries, place);
        self.add_slices(&slices, values, 1.0);
    }

    /// Adds the values of other buckets with the same span and points.
    pub fn add_buckets(&mut self, other: &Self) {
        debug_assert_eq!(self.grid, other.grid);
        for (bucket, found) in other.buckets.iter().enumerate() {
            if let Some(found) = found {
                self.merge(bucket, *found);
            }
        }
    }

    pub(crate) fn grid(&self) -> Grid {
        self.grid
    }

    /// Adds the present values of each slice. The slices index into `values`.
    pub(crate) fn add_slices(&mut self, slices: &[Slice], values: &Dense<f64>, divisor: f64) {
        for slice in slices {
            for run in values.runs_within(&slice.entries) {
                if let Some(found) = Bucket::from_values(values.part(run)) {
                    self.merge(slice.bucket, found.divided(divisor));
                }
            }
        }
    }

    fn merge(&mut self, bucket: usize, found: Bucket) {
        match self.buckets.get_mut(bucket) {
            Some(Some(bucket)) => bucket.merge(found),
            Some(empty) => *empty = Some(found),
            None => {}
        }
    }

    /// The buckets in order of time.
    #[must_use]
    pub fn buckets(&self) -> &[Option<Bucket>] {
        &self.buckets
    }
}

#[cfg(test)]
mod tests;
