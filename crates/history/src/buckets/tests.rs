use super::*;
use proptest::prelude::*;

fn filled(from_ms: i64, to_ms: i64, points: u32, values: &[(i64, f64)]) -> Buckets {
    let mut buckets = Buckets::new(from_ms, to_ms, points);
    for &(timestamp_ms, value) in values {
        buckets.add_value(timestamp_ms, value);
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
        // The last bucket may extend beyond the span by less than its width.
        let end_ms = from_ms + buckets.step_ms() * i64::try_from(buckets.buckets().len()).unwrap();
        prop_assert!(end_ms >= from_ms + span_ms);
        let within = values.iter().filter(|(t, _)| (from_ms..end_ms).contains(t)).count();
        let counted: u32 = buckets.buckets().iter().flatten().map(|b| b.count).sum();
        prop_assert_eq!(within, counted as usize);
        for bucket in buckets.buckets().iter().flatten() {
            prop_assert!(bucket.min <= bucket.avg() && bucket.avg() <= bucket.max);
        }
    }

    #[test]
    fn all_at_once_is_one_by_one(
        from_ms in prop_oneof![-1_000_i64..1_000, Just(i64::MIN), Just(i64::MAX - 9_999)],
        span_ms in prop_oneof![1_i64..10_000, Just(i64::MAX)],
        points in 1_u32..300,
        start in prop_oneof![-2_000_i64..2_000, Just(i64::MIN), Just(i64::MAX - 9_999)],
        entries in prop::collection::vec((1_i64..200, prop::option::weighted(0.9, -1e6_f64..1e6)), 0..400),
        far in prop::option::of(any::<i64>()),
        more in -3_i32..3,
    ) {
        let mut times: Vec<i64> = entries
            .iter()
            .scan(start, |time, (step, _)| {
                *time = time.checked_add(*step)?;
                Some(*time)
            })
            .collect();
        times.extend(far.filter(|far| times.last().is_none_or(|last| last < far)));
        let mut values: Vec<Option<f64>> = entries.into_iter().map(|(_, value)| value).collect();
        values.resize(values.len().saturating_add_signed(more as isize), Some(1.0));
        let mut dense = Dense::default();
        dense.set(values.iter().copied());

        let mut expected = Buckets::new(from_ms, from_ms.saturating_add(span_ms), points);
        let mut found = expected.clone();
        for (&time, value) in times.iter().zip(&values) {
            value.iter().for_each(|&value| expected.add_value(time, value));
        }
        found.add_values(&times, &dense);
        for (found, expected) in found.buckets().iter().zip(expected.buckets()) {
            let known = |bucket: &Option<Bucket>| bucket.map(|b| (b.min, b.max, b.count));
            prop_assert_eq!(known(found), known(expected));
            let sum = |bucket: &Option<Bucket>| bucket.map_or(0.0, |bucket| bucket.sum);
            prop_assert!((sum(found) - sum(expected)).abs() <= 1e-3);
        }
    }

    #[test]
    fn times_that_do_not_rise_are_no_panic(
        times in prop::collection::vec(any::<i64>(), 0..300),
        near in prop::collection::vec(0_i64..100, 0..300),
        from_ms: i64, to_ms: i64,
    ) {
        let mut dense = Dense::default();
        dense.set((0..200).map(|entry| (entry % 7 > 0).then_some(1.0)));
        Buckets::new(from_ms, to_ms, 50).add_values(&times, &dense);
        Buckets::new(10, 90, 20).add_values(&near, &dense);
    }
}
