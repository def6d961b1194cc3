//! The tables of hours and of days, which store all chunks of a period in one value and differ only in their names.

use super::{bundle, info, json};
use crate::{ChunkSet, Error, PeriodInfo, PeriodKey, PeriodLength, Result, SeriesFilter};
use bytes::Bytes;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

/// A table and its statements.
pub(super) struct Table {
    pub(super) length: PeriodLength,
    /// Selects by a JSON array of computers and starts.
    pub(super) some: &'static str,
    pub(super) put: &'static str,
    pub(super) delete: &'static str,
    /// Selects the next one after a computer and a start.
    pub(super) next: &'static str,
}

macro_rules! table {
    ($length:expr, $table:literal, $start:literal) => {
        Table {
            length: $length,
            some: concat!(
                "SELECT wanted.value ->> 0, ",
                $start,
                ", version, first_ms, last_ms, samples, chunks \
                    FROM json_each(?) AS wanted CROSS JOIN ",
                $table,
                " ON computer_id = wanted.value ->> 0 AND ",
                $start,
                " = wanted.value ->> 1"
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
            // Without the version, which the first schemas do not have.
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

pub(super) const HOURS: Table = table!(PeriodLength::Hour, "hours", "hour_ms");
pub(super) const DAYS: Table = table!(PeriodLength::Day, "days", "day_ms");

pub(super) async fn put(
    table: &Table,
    connection: &mut SqliteConnection,
    computer_id: i64,
    set: &ChunkSet,
) -> sqlx::Result<bool> {
    let PeriodInfo {
        period,
        first_ms,
        last_ms,
        samples,
    } = set.info;
    let put = sqlx::query(table.put)
        .bind(computer_id)
        .bind(period.start_ms)
        .bind(period.version)
        .bind(first_ms)
        .bind(last_ms)
        .bind(samples.cast_signed())
        .bind(bundle::encode(&set.chunks))
        .execute(connection)
        .await?;
    Ok(put.rows_affected() > 0)
}

/// The selected chunks of these periods, with their computers.
pub(super) async fn get(
    table: &Table,
    connection: &mut SqliteConnection,
    wanted: SeriesFilter<'_>,
    periods: &[(i64, PeriodInfo)],
) -> Result<Vec<(i64, ChunkSet)>> {
    let of_table = periods
        .iter()
        .filter(|(_, info)| info.period.length == table.length);
    let keys: Vec<_> = of_table
        .map(|(id, info)| (id, info.period.start_ms))
        .collect();
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let rows = sqlx::query(table.some)
        .bind(json(&keys))
        .fetch_all(connection)
        .await?;
    let set = |row: &SqliteRow| {
        let (id, info) = info(row, table.length)?;
        Ok((id, unpack(id, info, row.try_get(6)?, wanted)?))
    };
    rows.iter().map(set).collect()
}

pub(super) async fn series(
    table: &Table,
    connection: &mut SqliteConnection,
    computer_id: i64,
    period: &PeriodInfo,
) -> Result<Vec<i64>> {
    let sets = get(
        table,
        connection,
        SeriesFilter::All,
        &[(computer_id, *period)],
    )
    .await?;
    let numbers = sets.iter().flat_map(|(_, set)| &set.chunks);
    Ok(numbers.map(|&(series, _)| series).collect())
}

pub(super) async fn delete(
    table: &Table,
    connection: &mut SqliteConnection,
    computer_id: i64,
    period: PeriodKey,
) -> sqlx::Result<bool> {
    let deleted = sqlx::query(table.delete)
        .bind(computer_id)
        .bind(period.start_ms)
        .bind(period.version)
        .execute(connection)
        .await?;
    Ok(deleted.rows_affected() > 0)
}

/// The selected chunks of a period's value.
pub(super) fn unpack(
    computer_id: i64,
    info: PeriodInfo,
    bytes: &[u8],
    wanted: SeriesFilter<'_>,
) -> Result<ChunkSet> {
    let chunks = bundle::decode(bytes)
        .map_err(|error| Error::damaged_period(computer_id, info.period, &error))?;
    let is_wanted = |series: i64| match wanted {
        SeriesFilter::All => true,
        SeriesFilter::Only(some) => some.contains(&series),
    };
    let chunks = chunks.into_iter().filter(|&(series, _)| is_wanted(series));
    let mut chunks: Vec<_> = chunks
        .map(|(series, chunk)| (series, Bytes::copy_from_slice(chunk)))
        .collect();
    chunks.sort_by_key(|&(series, _)| series);
    Ok(ChunkSet { info, chunks })
}
