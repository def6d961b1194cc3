//! Scans the file for all rows, and finds out which of them are sealed.

use super::{Row, Rows};
use crate::sealed::{self, TIMES};
use crate::sqlite::damage::Damage;
use crate::sqlite::{failure, row};
use crate::{PeriodInfo, Result, SeriesFilter};
use futures_util::TryStreamExt;
use sqlx::{AssertSqlSafe, SqliteConnection};

/// Every row that has a moment, read from the index alone.
pub(crate) const ROWS: &str = "SELECT id, computer_id, timestamp_ms FROM stats \
    WHERE timestamp_ms IS NOT NULL ORDER BY timestamp_ms";

/// The same rows, 4,096 at a time as three lists: the driver needs several times as long for a row as SQLite.
pub(crate) const PACK: &str = "SELECT group_concat(id), group_concat(computer_id), group_concat(timestamp_ms) \
    FROM (SELECT id, computer_id, timestamp_ms FROM stats \
        WHERE (timestamp_ms, computer_id) > (?, ?) \
        ORDER BY timestamp_ms, computer_id LIMIT 4096)";

/// Computers, or periods, that one statement reads.
const AT_ONCE: usize = 500;

/// All rows.
pub(crate) async fn scan_rows(connection: &mut SqliteConnection) -> sqlx::Result<Rows> {
    match packed(connection).await {
        Ok(Some(rows)) => Ok(rows),
        Err(error) if !failure::is_corrupt(&error) => Err(error),
        // A row holds something else than integers, or the index is damaged.
        _ => one_by_one(connection).await,
    }
}

/// All rows; `None` if one holds something else than integers.
async fn packed(connection: &mut SqliteConnection) -> sqlx::Result<Option<Rows>> {
    let mut rows = Rows::default();
    let mut last = (i64::MIN, i64::MIN);
    loop {
        let pack: (Option<String>, Option<String>, Option<String>) = sqlx::query_as(PACK)
            .bind(last.0)
            .bind(last.1)
            .fetch_one(&mut *connection)
            .await?;
        let (Some(ids), Some(computers), Some(moments)) = pack else {
            return Ok(Some(rows));
        };
        let lists = (whole(&ids), whole(&computers), whole(&moments));
        let (Some(ids), Some(computers), Some(moments)) = lists else {
            return Ok(None);
        };
        if ids.len() != computers.len() || ids.len() != moments.len() {
            return Ok(None);
        }
        for ((&id, &computer_id), &moment_ms) in ids.iter().zip(&computers).zip(&moments) {
            rows.insert(computer_id, Row { moment_ms, id });
            last = (moment_ms, computer_id);
        }
    }
}

/// Integers separated by commas.
fn whole(list: &str) -> Option<Vec<i64>> {
    list.split(',').map(|number| number.parse().ok()).collect()
}

/// All rows whose values are numbers. If the index is damaged, the rows before and after the damage.
async fn one_by_one(connection: &mut SqliteConnection) -> sqlx::Result<Rows> {
    let mut rows = Rows::default();
    let Err(error) = read(connection, "", &mut rows).await else {
        return Ok(rows);
    };
    if !failure::is_corrupt(&error) {
        return Err(error);
    }
    tracing::error!(
        "{error}: rows in the damaged part of the index are left out; run `muster verify` for details"
    );
    match read(connection, " DESC", &mut rows).await {
        Err(error) if !failure::is_corrupt(&error) => Err(error),
        _ => Ok(rows),
    }
}

async fn read(connection: &mut SqliteConnection, order: &str, rows: &mut Rows) -> sqlx::Result<()> {
    let mut found = sqlx::query(AssertSqlSafe(format!("{ROWS}{order}"))).fetch(connection);
    while let Some(found) = found.try_next().await? {
        let row = row::integer(&found, 0).zip(row::integer(&found, 2));
        if let Some(((id, moment_ms), computer_id)) = row.zip(row::integer(&found, 1)) {
            rows.insert(computer_id, Row { moment_ms, id });
        }
    }
    Ok(())
}

/// Marks the rows as sealed whose moments a sealed period has. Most rows are newer than every sealed period; then
/// nothing is decoded.
pub(super) async fn mark_all_sealed(
    connection: &mut SqliteConnection,
    rows: &mut Rows,
    damage: &Damage,
) -> Result<()> {
    let span = |(id, (first, last)): (i64, (Row, Row))| {
        (id, (first.moment_ms, last.moment_ms.saturating_add(1)))
    };
    let mut spans: Vec<_> = rows.all_first_and_last().map(span).collect();
    spans.sort_unstable();
    for some in spans.chunks(AT_ONCE) {
        let mut periods = damage.list_periods_of_all(connection, some).await?;
        periods.retain(|(id, info)| !within(rows, *id, info).is_empty());
        for some in periods.chunks(AT_ONCE) {
            seal_what_they_hold(connection, rows, some, damage).await?;
        }
    }
    Ok(())
}

/// The rows of a computer within a period.
fn within(rows: &Rows, computer_id: i64, info: &PeriodInfo) -> Vec<Row> {
    let end_ms = info.last_ms.saturating_add(1);
    rows.between(computer_id, info.first_ms, end_ms)
}

/// Marks the rows as sealed whose moments these periods have. A period that cannot be read has no samples in
/// charts either, so its rows stay.
async fn seal_what_they_hold(
    connection: &mut SqliteConnection,
    rows: &mut Rows,
    periods: &[(i64, PeriodInfo)],
    damage: &Damage,
) -> Result<()> {
    let sets = damage.read_chunks_of_all(connection, SeriesFilter::Only(&[TIMES]), periods);
    for (id, set) in sets.await? {
        let info = set.info;
        match sealed::decode_moments(&set, info.first_ms, info.last_ms.saturating_add(1)) {
            Ok(times) => {
                let mut held = within(rows, id, &info);
                held.retain(|row| times.binary_search(&row.moment_ms).is_ok());
                rows.mark_sealed(id, &held);
            }
            Err(error) => damage.record_damage(id, &info, &error),
        }
    }
    Ok(())
}
