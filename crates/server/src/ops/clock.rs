//! The wall clock, and how times are formatted.

use jiff::Timestamp;

/// An hour in milliseconds.
pub const HOUR_MS: i64 = 3_600_000;
/// A day in milliseconds.
pub const DAY_MS: i64 = 24 * HOUR_MS;

/// The current time in Unix milliseconds.
#[must_use]
pub fn now_ms() -> i64 {
    Timestamp::now().as_millisecond()
}

/// `2026-11-23 22:12:44`, UTC: the format of sample times.
#[must_use]
pub fn to_second(timestamp_ms: i64) -> String {
    written(timestamp_ms, "%Y-%m-%d %H:%M:%S")
}

/// `2026-11-23 22:12:44.253000`, UTC: the format of `last_seen`.
#[must_use]
pub fn to_microsecond(timestamp_ms: i64) -> String {
    written(timestamp_ms, "%Y-%m-%d %H:%M:%S.%6f")
}

/// A time outside of the calendar, which a damaged row may hold, is formatted as a number.
fn written(timestamp_ms: i64, format: &str) -> String {
    match Timestamp::from_millisecond(timestamp_ms) {
        Ok(moment) => moment.strftime(format).to_string(),
        Err(_) => timestamp_ms.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_moments_as_the_flask_server_did() {
        assert_eq!(to_second(1_763_575_200_123), "2025-11-19 18:00:00");
        assert_eq!(
            to_microsecond(1_763_575_200_123),
            "2025-11-19 18:00:00.123000"
        );
        assert_eq!(to_second(i64::MAX), i64::MAX.to_string());
    }
}
