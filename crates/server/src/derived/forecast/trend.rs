//! Pure functions: whether the used space of a disk rises steadily, and when the disk will be full at that rate.
//!
//! The trend is a simple linear regression by least squares (see for example Draper and Smith, Applied Regression
//! Analysis, chapter 1; Prometheus calls it `predict_linear`). With x in days, y in bytes, means x̄ and ȳ, and Sxx =
//! Σ(x-x̄)², Sxy = Σ(x-x̄)(y-ȳ), Syy = Σ(y-ȳ)²:
//!
//! - the slope is b = Sxy / Sxx, in bytes per day,
//! - the share of the variance of y that the line explains is R² = Sxy² / (Sxx · Syy),
//! - the disk is full in (room - used now) / b days. This starts from the space used now, not from the line, so that
//!   space that was just freed counts.
//!
//! Every set of points has a regression line; the constants below decide whether it is a trend.

/// Minimum length of the history, in days.
const LEAST_DAYS: f64 = 0.25;
/// Minimum number of steps with a value.
const LEAST_STEPS: usize = 12;
/// Minimum R².
const LEAST_R2: f64 = 0.7;
/// Largest single step up, and largest fall, as a share of the whole rise: one large copy is not a trend, and neither
/// is a log that is rotated.
const LARGEST_STEP: f64 = 0.5;
/// Forecasts further ahead are not shown.
const MOST_DAYS: f64 = 90.0;
/// Forecasts reach at most this many times the length of the history: 90 days need 7 days.
const MOST_AHEAD: f64 = 13.0;

/// Whether the history is long enough for a trend.
pub fn is_long_enough(days: f64) -> bool {
    days >= LEAST_DAYS
}

/// Cheap check before reading the whole history: the used space must have risen at a quarter of the rate that fills
/// the disk within 90 days. Most disks do not change, and this costs a tenth of a full forecast.
pub fn may_fill(before: f64, used: f64, room: f64, days: f64) -> bool {
    used - before >= (room - used).max(0.0) * days / MOST_DAYS / 4.0
}

/// Days until a disk is full. `taken` has the average used bytes of equal steps of `step_days` days, `used` is used
/// now, and `room` is the capacity, both in bytes.
pub fn days_until_full(taken: &[Option<f64>], step_days: f64, used: f64, room: f64) -> Option<f64> {
    let known = (0_u32..).zip(taken);
    let points: Vec<(f64, f64)> = known
        .filter_map(|(step, taken)| Some((f64::from(step) * step_days, taken.as_ref().copied()?)))
        .filter(|(_, taken)| taken.is_finite())
        .collect();
    let (first, last) = points.first().zip(points.last())?;
    let looked_back = last.0 - first.0 + step_days;
    if points.len() < LEAST_STEPS || !is_long_enough(looked_back) {
        return None;
    }
    let line = Line::through(&points)?;
    let is_trend = line.r2 >= LEAST_R2 && is_steady(&points, line.slope * looked_back);
    let ahead = (room - used).max(0.0) / line.slope;
    let is_near = ahead <= MOST_DAYS.min(MOST_AHEAD * looked_back);
    (is_trend && is_near).then_some(ahead)
}

/// A rising regression line.
struct Line {
    slope: f64,
    r2: f64,
}

impl Line {
    /// The regression line; `None` if it does not rise or is not finite.
    fn through(points: &[(f64, f64)]) -> Option<Self> {
        #[expect(clippy::cast_precision_loss, reason = "some hundred points")]
        let count = points.len() as f64;
        let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
        let (mean_x, mean_y) = (mean(|point| point.0), mean(|point| point.1));
        let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
        for (x, y) in points {
            let (x, y) = (x - mean_x, y - mean_y);
            xx += x * x;
            xy += x * y;
            yy += y * y;
        }
        let (slope, r2) = (xy / xx, xy / xx * (xy / yy));
        (slope > 0.0 && slope.is_finite() && r2.is_finite()).then_some(Self { slope, r2 })
    }
}

/// Whether no single step up and no fall from a peak is too large a part of the rise.
fn is_steady(points: &[(f64, f64)], rise: f64) -> bool {
    let (mut height, mut largest) = (f64::NEG_INFINITY, 0.0_f64);
    for pair in points.windows(2) {
        let (before, now) = (pair[0].1, pair[1].1);
        height = height.max(before);
        largest = largest.max(now - before).max(height - now);
    }
    largest <= LARGEST_STEP * rise
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HOUR: f64 = 1.0 / 24.0;
    const ROOM: f64 = 1e12;

    /// A week of hourly values.
    fn week(taken: impl Fn(u32) -> f64) -> Vec<Option<f64>> {
        (0..168).map(|hour| Some(taken(hour))).collect()
    }

    /// The forecast for a week, starting from its last value.
    fn told(taken: &[Option<f64>]) -> Option<f64> {
        let now = taken.iter().flatten().last().copied().unwrap_or_default();
        days_until_full(taken, HOUR, now, ROOM)
    }

    /// 500 GB, plus 10 GB per day.
    fn line(hour: u32) -> f64 {
        5e11 + f64::from(hour) * 1e10 / 24.0
    }

    /// Pseudo-random numbers between -1 and 1.
    fn noise(hour: u32) -> f64 {
        f64::from(hour.wrapping_mul(2_654_435_761) >> 16) / 32_768.0 - 1.0
    }

    #[test]
    fn a_line_is_forecast_to_the_day() {
        let ahead = told(&week(line)).unwrap();
        let expected = (ROOM - line(167)) / 1e10;
        assert!((ahead - expected).abs() < 1e-6, "{ahead} {expected}");
        assert!((43.0..43.1).contains(&ahead), "{ahead}");
        let noisy = told(&week(|hour| line(hour) + 5e9 * noise(hour))).unwrap();
        assert!((noisy - expected).abs() < 3.0, "{noisy} {expected}");
    }

    #[test]
    fn every_forecast_trend_passes_the_quick_check() {
        for per_day in [6e9, 1e10, 5e10] {
            let taken =
                week(|hour| 5e11 + per_day * (f64::from(hour / 12) / 2.0 + 0.5 * noise(hour)));
            assert!(told(&taken).is_some(), "{per_day}");
            let (first, last) = (taken[0].unwrap(), taken[167].unwrap());
            assert!(may_fill(first, last, ROOM, 7.0), "{per_day}");
        }
        // Constant, falling, or rising too slowly for a forecast.
        assert!(!may_fill(5e11, 5e11, ROOM, 7.0) && !may_fill(5e11, 4e11, ROOM, 7.0));
        assert!(!may_fill(5e11, 5e11 + 7e9, ROOM, 7.0));
        assert!(!may_fill(f64::NAN, 5e11, ROOM, 7.0));
    }

    #[test]
    fn a_recent_deletion_counts() {
        let ahead = days_until_full(&week(line), HOUR, 4e11, ROOM).unwrap();
        assert!((ahead - 60.0).abs() < 1e-6, "{ahead}");
        assert_eq!(days_until_full(&week(line), HOUR, 2e12, ROOM), Some(0.0));
    }

    #[test]
    fn rising_steps_are_a_trend() {
        let stair = told(&week(|hour| line(hour / 24 * 24))).unwrap();
        assert!((stair - 44.0).abs() < 2.0, "{stair}");
    }

    #[test]
    fn one_large_copy_is_not_a_trend() {
        for at in [20, 84, 150] {
            let copied = week(|hour| if hour < at { 5e11 } else { 8e11 });
            assert_eq!(told(&copied), None, "{at}");
        }
    }

    #[test]
    fn a_sawtooth_is_never_a_trend() {
        for period in [6, 24, 48, 100, 160] {
            for shift in 0..period {
                let teeth = week(|hour| 5e11 + f64::from((hour + shift) % period) * 1e9);
                // If it falls only in the first or last hours, the rest is just a rising line.
                let falls_within = (8..160).any(|hour| (hour + shift) % period == 0);
                assert!(!falls_within || told(&teeth).is_none(), "{period} {shift}");
            }
        }
    }

    #[test]
    fn constant_falling_and_noisy_values_are_not_a_trend() {
        assert_eq!(told(&week(|_| 5e11)), None);
        assert_eq!(told(&week(|hour| 9e11 - f64::from(hour) * 1e9)), None);
        assert_eq!(told(&week(|hour| 5e11 + 1e10 * noise(hour))), None);
    }

    #[test]
    fn distant_dates_are_not_forecast() {
        let slowly = |per_day: f64| week(move |hour| 5e11 + f64::from(hour) * per_day / 24.0);
        assert!(told(&slowly(5.2e9)).unwrap() > 89.0);
        assert_eq!(told(&slowly(5.1e9)), None);
    }

    #[test]
    fn the_horizon_depends_on_the_length_of_the_history() {
        let minutes = |count: u32, per_day: f64| -> Vec<Option<f64>> {
            let taken = |minute| 5e11 + f64::from(minute) * per_day / 1440.0;
            (0..count).map(|minute| Some(taken(minute))).collect()
        };
        let tell = |taken: &[Option<f64>]| days_until_full(taken, 1.0 / 1440.0, 5e11, ROOM);
        assert!((tell(&minutes(360, 2.5e11)).unwrap() - 2.0).abs() < 1e-6);
        assert_eq!(tell(&minutes(359, 2.5e11)), None);
        // Ten days ahead from six hours of history.
        assert_eq!(tell(&minutes(360, 5e10)), None);
        assert!(tell(&minutes(1440, 5e10)).is_some());
    }

    #[test]
    fn gaps_are_left_out() {
        let mut taken = week(line);
        taken[30..70].fill(None);
        assert!((told(&taken).unwrap() - 43.0).abs() < 0.1);
        // Only eight values are too few, however long the time between them.
        for step in (0..168).filter(|step| step % 16 != 0) {
            taken[step] = None;
        }
        assert_eq!(taken.iter().flatten().count(), 8);
        assert_eq!(told(&taken), None);
        assert_eq!(told(&[]), None);
    }

    fn any_number() -> impl Strategy<Value = Option<f64>> {
        prop_oneof![
            3 => (0.0..1e13).prop_map(Some),
            1 => Just(None),
            1 => any::<f64>().prop_map(Some),
            1 => prop::sample::select(vec![f64::NAN, f64::INFINITY, f64::MAX, f64::MIN, 0.0]).prop_map(Some),
        ]
    }

    proptest! {
        #[test]
        fn a_forecast_is_a_number_of_days(
            taken in prop::collection::vec(any_number(), 0..200),
            step_days in prop_oneof![0.0..1.0, any::<f64>()],
            used in any::<f64>(), room in any::<f64>(),
        ) {
            if let Some(ahead) = days_until_full(&taken, step_days, used, room) {
                prop_assert!((0.0..=MOST_DAYS).contains(&ahead), "{}", ahead);
            }
        }

        #[test]
        fn every_line_is_forecast_exactly(
            base in 0.0..1e12, per_day in 1e8..1e11, step_days in 0.002..0.05
        ) {
            let at = |step: u32| base + f64::from(step) * step_days * per_day;
            let taken: Vec<Option<f64>> = (0..168).map(|step| Some(at(step))).collect();
            // Full in two days.
            let ahead = days_until_full(&taken, step_days, at(167), at(167) + 2.0 * per_day).unwrap();
            prop_assert!((ahead - 2.0).abs() < 1e-3, "{}", ahead);
        }
    }
}
