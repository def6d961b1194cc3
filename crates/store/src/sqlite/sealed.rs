//! Sealed history: samples as chunks, a day (UTC) of a computer at a time.
//!
//! A sample is a row of `stats` or stands in the chunks of its day, and moves from the one to the other in
//! one transaction, so that it is always in just one of them. One that comes late, for a day that is
//! sealed already, is a row until the next sealing puts it in its place.

mod bundle;
mod day;
mod move_rows;
mod read;
mod series;
mod verify;

pub(super) use day::Day;
pub(super) use move_rows::{Taken, merged, put, stored};
pub(super) use read::{Sealed, between, samples, span, spread};
pub(super) use series::{Names, column, is_column};
pub(super) use verify::look_over;

/// Every statement here, for the test that none reads all to find a few.
#[cfg(test)]
pub(super) const STATEMENTS: [&str; 5] = [
    move_rows::ROWS,
    move_rows::DELETE,
    read::BETWEEN_DAYS,
    read::ONE_DAY,
    read::DAY_SPAN,
];

/// A day in milliseconds.
pub(super) const DAY_MS: i64 = 86_400_000;

/// Where the day of a moment begins.
pub(super) fn day_of(moment_ms: i64) -> i64 {
    moment_ms.div_euclid(DAY_MS) * DAY_MS
}
