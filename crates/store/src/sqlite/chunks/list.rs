//! Lists hours, days and months in one statement, since each statement is a message to another thread and back.

use super::{info, json};
use crate::sealed::{DAY_MS, HOUR_MS};
use crate::{PeriodInfo, PeriodLength};
use sqlx::{Row, SqliteConnection};

/// A computer and a span.
pub(in crate::sqlite) type Between = (i64, (i64, i64));

/// The length of the longest period of each table. The statement numbers the tables in this order.
const LONGEST_MS: [i64; 3] = [HOUR_MS, DAY_MS, 31 * DAY_MS];

/// Selects the periods of one table that have samples within a span, for each computer of a JSON array. Its entries
/// also have the moment for each table after which such periods start.
macro_rules! between {
    ($table:literal, $start:literal, $number:literal) => {
        concat!(
            "SELECT wanted.value ->> 0, ",
            $start,
            ", version, first_ms, last_ms, samples, ",
            $number,
            " FROM json_each(?1) AS wanted CROSS JOIN ",
            $table,
            " ON computer_id = wanted.value ->> 0 AND ",
            $start,
            " > wanted.value ->> (3 + ",
            $number,
            ") AND ",
            $start,
            " < wanted.value ->> 2 AND last_ms >= wanted.value ->> 1 AND first_ms < wanted.value ->> 2"
        )
    };
}

pub(super) const LIST: &str = concat!(
    between!("hours", "hour_ms", 0),
    " UNION ALL ",
    between!("days", "day_ms", 1),
    " UNION ALL ",
    between!("months", "month_ms", 2)
);

/// The periods of some computers that have samples within a span for each, ordered by their first samples.
pub(super) async fn list_periods(
    connection: &mut SqliteConnection,
    spans: &[Between],
) -> sqlx::Result<Vec<(i64, PeriodInfo)>> {
    let wanted = spans.iter().map(|&(id, (from_ms, to_ms))| {
        let [hour, day, month] = LONGEST_MS.map(|longest_ms| from_ms.saturating_sub(longest_ms));
        [id, from_ms, to_ms, hour, day, month]
    });
    let rows = sqlx::query(LIST)
        .bind(json(&wanted.collect::<Vec<_>>()))
        .fetch_all(connection)
        .await?;
    let all = rows.iter().map(|row| {
        let length = match row.try_get::<u8, _>(6)? {
            0 => PeriodLength::Hour,
            1 => PeriodLength::Day,
            _ => PeriodLength::Month,
        };
        info(row, length)
    });
    let mut all: Vec<_> = all.collect::<sqlx::Result<_>>()?;
    all.sort_by_key(|(_, info)| info.first_ms);
    Ok(all)
}
