//! Assigns entries to buckets.

use std::ops::Range;

/// Consecutive spans of time of equal length.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Grid {
    pub(crate) from_ms: i64,
    pub(crate) step_ms: i64,
    pub(crate) count: usize,
}

/// Consecutive entries that fall into one bucket.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Slice {
    pub(crate) bucket: usize,
    pub(crate) entries: Range<usize>,
}

impl Grid {
    /// Covers `from_ms..to_ms` with at most `points` buckets whose width is a whole number of milliseconds.
    pub(crate) fn new(from_ms: i64, to_ms: i64, points: u32) -> Self {
        let span_ms = to_ms.saturating_sub(from_ms).max(0);
        let step_ms = ceiling(span_ms, i64::from(points.max(1))).max(1);
        let count = match points {
            0 => 0,
            _ => usize::try_from(ceiling(span_ms, step_ms)).unwrap_or(0),
        };
        Self {
            from_ms,
            step_ms,
            count,
        }
    }

    /// The bucket of a moment, if it is within the span.
    pub(crate) fn bucket(&self, time_ms: i64) -> Option<usize> {
        let offset_ms = time_ms.checked_sub(self.from_ms)?;
        let bucket = usize::try_from(offset_ms.div_euclid(self.step_ms)).ok()?;
        (bucket < self.count).then_some(bucket)
    }

    /// The end of a bucket; `None` beyond the last representable time. A moment whose distance from the start
    /// exceeds an i64 has no bucket.
    fn end(&self, bucket: usize) -> Option<i64> {
        let steps = i128::try_from(bucket + 1).ok()?;
        let offset_ms = (steps * i128::from(self.step_ms)).min(1 << 63);
        i64::try_from(i128::from(self.from_ms) + offset_ms).ok()
    }

    /// The entries of each bucket that has any. No entry is earlier than `first_ms`; `place` returns the first
    /// entry at or after a moment, and is called with rising moments.
    pub(crate) fn slices<E>(
        &self,
        first_ms: i64,
        entries: Range<usize>,
        mut place: impl FnMut(i64) -> Result<usize, E>,
    ) -> Result<Vec<Slice>, E> {
        let mut slices = Vec::new();
        let mut start = entries.start;
        if first_ms < self.from_ms {
            start = place(self.from_ms)?.max(start);
        }
        // A first entry beyond the last bucket means that no entry has a bucket.
        let first = self.bucket(first_ms.max(self.from_ms));
        for bucket in first.unwrap_or(self.count)..self.count {
            if start >= entries.end {
                break;
            }
            let end = self.end(bucket).map_or(Ok(entries.end), &mut place)?;
            let end = end.clamp(start, entries.end);
            if start < end {
                let entries = start..end;
                slices.push(Slice { bucket, entries });
            }
            start = end;
        }
        Ok(slices)
    }
}

/// `dividend / divisor`, rounded up; both must be positive.
fn ceiling(dividend: i64, divisor: i64) -> i64 {
    dividend / divisor + i64::from(dividend % divisor != 0)
}

/// The number of these rising times that are earlier than a moment. It searches in doubling steps, since the
/// result is usually close.
pub(crate) fn earlier(times_ms: &[i64], moment_ms: i64) -> usize {
    let is_earlier = |&time: &i64| time < moment_ms;
    let mut reach = 1;
    while times_ms.get(reach - 1).is_some_and(is_earlier) {
        reach *= 2;
    }
    let known = reach / 2;
    let near = &times_ms[known..reach.min(times_ms.len())];
    known + near.partition_point(is_earlier)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn counts_what_is_earlier(
            mut times in prop::collection::vec(-500_i64..500, 0..300), moment in -501_i64..501
        ) {
            times.sort_unstable();
            times.dedup();
            let expected = times.iter().filter(|&&time| time < moment).count();
            prop_assert_eq!(earlier(&times, moment), expected);
        }
    }
}
