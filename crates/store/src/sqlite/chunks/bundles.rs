//! Hours and days: all chunks of one in one value. Two tables, and but for their names the same.

use super::{bundle, listed};
use crate::sealed::{DAY_MS, HOUR_MS};
use crate::{ChunkSet, Error, Length, Listed, Period, Result, Wanted};
use sqlx::{Row, SqliteConnection};

/// A table of periods of one length, and the statements over it.
pub(super) struct Table {
    pub(super) length: Length,
    pub(super) length_ms: i64,
    /// The periods that have samples between two moments.
    pub(super) between: &'static str,
    /// Those of a range.
    pub(super) range: &'static str,
    pub(super) put: &'static str,
    pub(super) delete: &'static str,
    /// The one after a computer and a beginning.
    pub(super) next: &'static str,
}

macro_rules! table {
    ($length:expr, $length_ms:expr, $table:literal, $start:literal) => {
        Table {
            length: $length,
            length_ms: $length_ms,
            between: concat!(
                "SELECT ",
                $start,
                ", version, first_ms, last_ms, samples FROM ",
                $table,
                " WHERE computer_id = ? AND ",
                $start,
                " > ? AND ",
                $start,
                " < ? \
                    AND last_ms >= ? AND first_ms < ?"
            ),
            range: concat!(
                "SELECT ",
                $start,
                ", version, first_ms, last_ms, samples, chunks FROM ",
                $table,
                " WHERE computer_id = ? AND ",
                $start,
                " >= ? AND ",
                $start,
                " <= ? ORDER BY ",
                $start
            ),
            put: concat!(
                "INSERT INTO ",
                $table,
                " (computer_id, ",
                $start,
                ", version, first_ms, last_ms, samples, chunks) VALUES (?, ?, ?, ?, ?, ?, ?) \
                ON CONFLICT (computer_id, ",
                $start,
                ") DO UPDATE SET version = excluded.version, \
                    first_ms = excluded.first_ms, last_ms = excluded.last_ms, \
                    samples = excluded.samples, chunks = excluded.chunks \
                WHERE excluded.version > ",
                $table,
                ".version"
            ),
            delete: concat!(
                "DELETE FROM ",
                $table,
                " WHERE computer_id = ? AND ",
                $start,
                " = ? AND version <= ?"
            ),
            // Without the version, which the first schemas with days do not have.
            next: concat!(
                "SELECT computer_id, ",
                $start,
                ", first_ms, last_ms, samples, chunks FROM ",
                $table,
                " WHERE (computer_id, ",
                $start,
                ") > (?, ?) ORDER BY computer_id, ",
                $start,
                " LIMIT 1"
            ),
        }
    };
}

pub(super) const HOURS: Table = table!(Length::Hour, HOUR_MS, "hours", "hour_ms");
pub(super) const DAYS: Table = table!(Length::Day, DAY_MS, "days", "day_ms");

pub(super) async fn put(
    table: &Table,
    connection: &mut SqliteConnection,
    computer_id: i64,
    set: &ChunkSet,
) -> sqlx::Result<bool> {
    let Listed {
        period,
        first_ms,
        last_ms,
        samples,
    } = set.listed;
    let put = sqlx::query(table.put)
        .bind(computer_id)
        .bind(period.start_ms)
        .bind(period.version)
        .bind(first_ms)
        .bind(last_ms)
        .bind(samples.cast_signed())
        .bind(bundle::write(&set.chunks))
        .execute(connection)
        .await?;
    Ok(put.rows_affected() > 0)
}

pub(super) async fn get(
    table: &Table,
    connection: &mut SqliteConnection,
    computer_id: i64,
    wanted: Wanted<'_>,
    range: &[Listed],
) -> Result<Vec<ChunkSet>> {
    let starts = range.iter().map(|listed| listed.period.start_ms);
    let Some((first_ms, last_ms)) = starts.clone().min().zip(starts.clone().max()) else {
        return Ok(Vec::new());
    };
    let rows = sqlx::query(table.range)
        .bind(computer_id)
        .bind(first_ms)
        .bind(last_ms)
        .fetch_all(connection)
        .await?;
    let mut sets = Vec::with_capacity(rows.len());
    for row in &rows {
        let listed = listed(row, table.length)?;
        if starts
            .clone()
            .any(|start_ms| start_ms == listed.period.start_ms)
        {
            sets.push(unpack(computer_id, listed, row.try_get(5)?, wanted)?);
        }
    }
    Ok(sets)
}

pub(super) async fn series(
    table: &Table,
    connection: &mut SqliteConnection,
    computer_id: i64,
    period: &Listed,
) -> Result<Vec<i64>> {
    let sets = get(table, connection, computer_id, Wanted::All, &[*period]).await?;
    let numbers = sets.iter().flat_map(|set| &set.chunks);
    Ok(numbers.map(|&(series, _)| series).collect())
}

pub(super) async fn delete(
    table: &Table,
    connection: &mut SqliteConnection,
    computer_id: i64,
    period: Period,
) -> sqlx::Result<bool> {
    let deleted = sqlx::query(table.delete)
        .bind(computer_id)
        .bind(period.start_ms)
        .bind(period.version)
        .execute(connection)
        .await?;
    Ok(deleted.rows_affected() > 0)
}

/// The wanted chunks of a period's value.
pub(super) fn unpack(
    computer_id: i64,
    listed: Listed,
    bytes: &[u8],
    wanted: Wanted<'_>,
) -> Result<ChunkSet> {
    let chunks = bundle::read(bytes)
        .map_err(|error| Error::damaged_period(computer_id, listed.period, &error))?;
    let is_wanted = |series: i64| match wanted {
        Wanted::All => true,
        Wanted::Some(some) => some.contains(&series),
    };
    let chunks = chunks.into_iter().filter(|&(series, _)| is_wanted(series));
    let mut chunks: Vec<_> = chunks
        .map(|(series, chunk)| (series, chunk.to_vec()))
        .collect();
    chunks.sort_by_key(|&(series, _)| series);
    Ok(ChunkSet { listed, chunks })
}
