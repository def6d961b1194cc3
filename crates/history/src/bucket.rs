//! Many samples to few buckets, each with the least, the mean, the greatest and the count of its values.

/// What fell into one bucket.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bucket {
    /// The least value.
    pub min: f64,
    /// The greatest value.
    pub max: f64,
    /// The sum of the values.
    pub sum: f64,
    /// How many values there are, at least one.
    pub count: u32,
}

impl Bucket {
    fn of(value: f64) -> Self {
        Self {
            min: value,
            max: value,
            sum: value,
            count: 1,
        }
    }

    fn add(&mut self, value: f64) {
        self.min = self.min.min(value);
        self.max = self.max.max(value);
        self.sum += value;
        self.count += 1;
    }

    /// The mean, never outside of what it is the mean of, however the sum was rounded.
    #[must_use]
    pub fn avg(&self) -> f64 {
        (self.sum / f64::from(self.count)).clamp(self.min, self.max)
    }
}

/// Equal spans of time from `from_ms`, and what fell into each.
///
/// A bucket holds the values with `start <= timestamp < start + width`; one without values is `None`:
/// a gap stays a gap.
#[derive(Clone, Debug)]
pub struct Buckets {
    from_ms: i64,
    step_ms: i64,
    buckets: Vec<Option<Bucket>>,
}

impl Buckets {
    /// As few buckets as cover `from_ms..to_ms` in steps of whole milliseconds, at most `points`.
    ///
    /// An empty or backward span, or no points, makes no buckets.
    #[must_use]
    pub fn new(from_ms: i64, to_ms: i64, points: u32) -> Self {
        let span_ms = to_ms.saturating_sub(from_ms).max(0);
        let step_ms = ceiling(span_ms, i64::from(points.max(1))).max(1);
        let count = if points == 0 {
            0
        } else {
            ceiling(span_ms, step_ms)
        };
        let count = usize::try_from(count).unwrap_or(0);
        Self {
            from_ms,
            step_ms,
            buckets: vec![None; count],
        }
    }

    /// The width of a bucket in milliseconds.
    #[must_use]
    pub fn step_ms(&self) -> i64 {
        self.step_ms
    }

    /// Counts a value in where its moment lies within the span.
    pub fn add(&mut self, timestamp_ms: i64, value: f64) {
        let offset_ms = timestamp_ms.saturating_sub(self.from_ms);
        let slot = usize::try_from(offset_ms.div_euclid(self.step_ms))
            .ok()
            .and_then(|index| self.buckets.get_mut(index));
        match slot {
            Some(Some(bucket)) => bucket.add(value),
            Some(empty) => *empty = Some(Bucket::of(value)),
            None => {}
        }
    }

    /// The buckets in order.
    #[must_use]
    pub fn buckets(&self) -> &[Option<Bucket>] {
        &self.buckets
    }
}

/// `dividend / divisor` rounded up; both are positive.
fn ceiling(dividend: i64, divisor: i64) -> i64 {
    dividend / divisor + i64::from(dividend % divisor != 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn filled(from_ms: i64, to_ms: i64, points: u32, values: &[(i64, f64)]) -> Buckets {
        let mut buckets = Buckets::new(from_ms, to_ms, points);
        for &(timestamp_ms, value) in values {
            buckets.add(timestamp_ms, value);
        }
        buckets
    }

    #[test]
    fn keeps_min_mean_max_and_count() {
        let buckets = filled(0, 100, 2, &[(0, 1.0), (49, 4.0), (10, 4.0), (50, 7.0)]);
        let [Some(first), Some(second)] = buckets.buckets() else {
            panic!("two full buckets");
        };
        assert_eq!(
            (first.min, first.avg(), first.max, first.count),
            (1.0, 3.0, 4.0, 3)
        );
        assert_eq!((second.avg(), second.count), (7.0, 1));
    }

    #[test]
    fn a_gap_stays_a_gap() {
        let buckets = filled(0, 90, 3, &[(0, 1.0), (89, 2.0)]);
        assert!(buckets.buckets()[1].is_none());
    }

    #[test]
    fn leaves_out_what_lies_outside() {
        let buckets = filled(
            100,
            200,
            4,
            &[(99, 1.0), (200, 1.0), (i64::MIN, 1.0), (i64::MAX, 1.0)],
        );
        assert!(buckets.buckets().iter().all(Option::is_none));
    }

    #[test]
    fn odd_spans_make_no_buckets() {
        assert!(Buckets::new(10, 10, 5).buckets().is_empty());
        assert!(Buckets::new(10, 0, 5).buckets().is_empty());
        assert!(Buckets::new(0, 10, 0).buckets().is_empty());
        assert_eq!(Buckets::new(0, 3, 1000).buckets().len(), 3);
    }

    proptest! {
        #[test]
        fn counts_each_value_within_once(
            from_ms in -1_000_000_i64..1_000_000,
            span_ms in 1_i64..10_000_000,
            points in 1_u32..5_000,
            offsets in proptest::collection::vec((-10_i64..10_000_010, -1e12_f64..1e12), 0..200),
        ) {
            let values: Vec<_> = offsets.iter().map(|&(o, v)| (from_ms + o, v)).collect();
            let buckets = filled(from_ms, from_ms + span_ms, points, &values);
            prop_assert!(buckets.buckets().len() <= points as usize);
            // The last bucket may reach beyond the span by less than its width.
            let end_ms = from_ms + buckets.step_ms() * i64::try_from(buckets.buckets().len()).unwrap();
            prop_assert!(end_ms >= from_ms + span_ms);
            let within = values.iter().filter(|(t, _)| (from_ms..end_ms).contains(t)).count();
            let counted: u32 = buckets.buckets().iter().flatten().map(|b| b.count).sum();
            prop_assert_eq!(within, counted as usize);
            for bucket in buckets.buckets().iter().flatten() {
                prop_assert!(bucket.min <= bucket.avg() && bucket.avg() <= bucket.max);
            }
        }
    }
}
