//! Many samples to few buckets, each with the least, the mean, the greatest and the count of its values.

use crate::grid::{Grid, Slice, earlier};
use crate::{Bucket, Dense};
use std::convert::Infallible;

/// Equal spans of time from `from_ms`, and what fell into each.
///
/// A bucket holds the values with `start <= timestamp < start + width`; one without values is `None`:
/// a gap stays a gap.
#[derive(Clone, Debug)]
pub struct Buckets {
    grid: Grid,
    buckets: Vec<Option<Bucket>>,
}

impl Buckets {
    /// As few buckets as cover `from_ms..to_ms` in steps of whole milliseconds, at most `points`.
    ///
    /// An empty or backward span, or no points, makes no buckets.
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

    /// Counts a value in where its moment lies within the span.
    pub fn add(&mut self, timestamp_ms: i64, value: f64) {
        if let Some(bucket) = self.grid.bucket(timestamp_ms) {
            self.merge(bucket, Bucket::of(value));
        }
    }

    /// Counts in the present of these values, each at its moment, as `add` would; only the sums may be
    /// rounded otherwise. The moments must rise, or else some values are left out or fall into a wrong
    /// bucket. Where one has more entries than the other, these are left out.
    pub fn add_all(&mut self, times_ms: &[i64], values: &Dense<f64>) {
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

    /// Counts in what fell into other buckets of the same span and points.
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

    /// Counts in what is present of each slice, whose entries are those of `values`.
    pub(crate) fn add_slices(&mut self, slices: &[Slice], values: &Dense<f64>, divisor: f64) {
        for slice in slices {
            for run in values.runs_within(&slice.entries) {
                if let Some(found) = Bucket::of_all(values.part(run)) {
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

    /// The buckets in order.
    #[must_use]
    pub fn buckets(&self) -> &[Option<Bucket>] {
        &self.buckets
    }
}

#[cfg(test)]
mod tests;
