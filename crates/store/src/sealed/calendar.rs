//! Hours, days and months in UTC.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use std::ops::Range;

/// An hour in milliseconds.
pub(crate) const HOUR_MS: i64 = 3_600_000;
/// A day in milliseconds.
pub(crate) const DAY_MS: i64 = 86_400_000;

/// The start of a moment's hour.
pub(crate) fn hour_of(moment_ms: i64) -> i64 {
    moment_ms.div_euclid(HOUR_MS).saturating_mul(HOUR_MS)
}

/// The start of a moment's day.
pub(crate) fn day_of(moment_ms: i64) -> i64 {
    moment_ms.div_euclid(DAY_MS).saturating_mul(DAY_MS)
}

/// The month of a moment; `None` beyond the calendar.
pub(crate) fn month_of(moment_ms: i64) -> Option<Range<i64>> {
    let moment = Timestamp::from_millisecond(moment_ms).ok()?;
    let first = TimeZone::UTC.to_datetime(moment).date().first_of_month();
    let next = first.checked_add(1.month()).ok()?;
    Some(start_ms(first)?..start_ms(next)?)
}

fn start_ms(date: Date) -> Option<i64> {
    let midnight = TimeZone::UTC.to_timestamp(date.at(0, 0, 0, 0)).ok()?;
    Some(midnight.as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_as_long_as_the_calendar_says() {
        // 2024-02-29 12:00 and 2025-12-31 23:59:59.999 UTC.
        let leap = month_of(1_709_208_000_000).unwrap();
        assert_eq!((leap.end - leap.start) / DAY_MS, 29);
        let december = month_of(1_767_225_599_999).unwrap();
        assert_eq!(december.end, 1_767_225_600_000);
        assert_eq!((december.end - december.start) / DAY_MS, 31);
        assert_eq!(month_of(december.end).unwrap().start, december.end);
        assert_eq!(month_of(-1).unwrap().end, 0);
    }

    #[test]
    fn beyond_the_calendar_there_are_days_and_no_months() {
        for moment_ms in [i64::MIN, i64::MAX, 400_000_000_000_000] {
            assert_eq!(month_of(moment_ms), None);
            let _no_panic = (hour_of(moment_ms), day_of(moment_ms));
        }
        assert_eq!((hour_of(-1), day_of(-1)), (-HOUR_MS, -DAY_MS));
    }
}
