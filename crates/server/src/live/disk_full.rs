//! Which disk of a computer will be full first.

use crate::ops::clock::HOUR_MS;

/// Which disk of a computer will be full first, and when, if the trend of the last days continues.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiskFull {
    /// When, in Unix milliseconds, rounded to an hour.
    pub at_ms: i64,
    /// Where it is mounted.
    pub disk: String,
}

impl DiskFull {
    /// Whether a new forecast differs enough from the last one to be shown. Forecasts vary slightly, and small
    /// differences do not matter to people.
    #[must_use]
    pub fn is_news(last: Option<&Self>, new: Option<&Self>, now_ms: i64) -> bool {
        let (Some(last), Some(new)) = (last, new) else {
            return last != new;
        };
        let ahead_ms = last.at_ms.min(new.at_ms).saturating_sub(now_ms);
        let tolerance_ms = (ahead_ms / 10).max(HOUR_MS);
        last.disk != new.disk || last.at_ms.abs_diff(new.at_ms) > tolerance_ms.unsigned_abs()
    }
}
