use super::*;
use proptest::prelude::*;

/// Merges the values one by one.
fn one_by_one(values: &[f64]) -> Option<Bucket> {
    let mut values = values.iter().map(|&value| Bucket::from_value(value));
    let mut bucket = values.next()?;
    values.for_each(|value| bucket.merge(value));
    Some(bucket)
}

fn value() -> impl Strategy<Value = f64> {
    let odd = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0, 0.0];
    prop_oneof![
        8 => -1e12_f64..1e12,
        1 => prop::sample::select(odd.to_vec()),
        1 => any::<u64>().prop_map(f64::from_bits),
    ]
}

/// Equal numbers, or both NaN.
fn same(one: f64, other: f64) -> bool {
    one == other || (one.is_nan() && other.is_nan())
}

proptest! {
    #[test]
    fn all_at_once_is_one_by_one(values in prop::collection::vec(value(), 0..100)) {
        let (all, each) = (Bucket::from_values(&values), one_by_one(&values));
        prop_assert_eq!(all.is_some(), each.is_some());
        if let Some((all, each)) = all.zip(each) {
            prop_assert!(same(all.min, each.min) && same(all.max, each.max));
            prop_assert_eq!(all.count, each.count);
        }
    }

    #[test]
    fn sums_differ_by_rounding_only(values in prop::collection::vec(-1e6_f64..1e6, 1..3000)) {
        let (all, each) = (Bucket::from_values(&values).unwrap(), one_by_one(&values).unwrap());
        prop_assert!((all.sum - each.sum).abs() <= 1e-3);
        prop_assert!(all.min <= all.avg() && all.avg() <= all.max);
    }

    #[test]
    fn dividing_afterwards_is_dividing_before(
        units in prop::collection::vec(any::<i64>(), 1..50), scale in 0_u8..10
    ) {
        let power = crate::value::approximate(crate::decimal::power(scale));
        let units: Vec<f64> = units.into_iter().map(crate::value::approximate).collect();
        let before: Vec<f64> = units.iter().map(|units| units / power).collect();
        let after = Bucket::from_values(&units).unwrap().divided(power);
        let before = Bucket::from_values(&before).unwrap();
        prop_assert_eq!((after.min, after.max), (before.min, before.max));
        prop_assert!((after.sum - before.sum).abs() <= 1e-9 * 50.0 * 2_f64.powi(63) / power);
    }
}

#[test]
fn a_mean_of_anything_is_no_panic() {
    let mean = |values: &[f64]| Bucket::from_values(values).map(|bucket| bucket.avg());
    assert!(mean(&[f64::NAN]).is_some_and(f64::is_nan));
    assert!(mean(&[1.0, f64::NAN]).is_some_and(f64::is_nan));
    assert!(mean(&[f64::INFINITY, f64::NEG_INFINITY]).is_some_and(f64::is_nan));
    assert_eq!(mean(&[f64::INFINITY, 1.0]), Some(f64::INFINITY));
    assert_eq!(mean(&[f64::MAX, f64::MAX]), Some(f64::MAX));
}
