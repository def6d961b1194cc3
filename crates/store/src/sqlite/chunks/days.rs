//! Days: all chunks of one in one value.

use super::{bundle, listed};
use crate::sealed::DAY_MS;
use crate::{ChunkSet, Error, Length, Listed, Period, Result, Wanted};
use sqlx::{Row, SqliteConnection};

/// The days that have samples between two moments.
pub(crate) const BETWEEN: &str = "SELECT day_ms, version, first_ms, last_ms, samples FROM days \
    WHERE computer_id = ? AND day_ms > ? AND day_ms < ? AND last_ms >= ? AND first_ms < ?";
/// Those of a range.
pub(crate) const RANGE: &str = "SELECT day_ms, version, first_ms, last_ms, samples, chunks FROM days \
    WHERE computer_id = ? AND day_ms >= ? AND day_ms <= ? ORDER BY day_ms";
pub(crate) const PUT: &str = "INSERT INTO days \
        (computer_id, day_ms, version, first_ms, last_ms, samples, chunks) VALUES (?, ?, ?, ?, ?, ?, ?) \
    ON CONFLICT (computer_id, day_ms) DO UPDATE SET version = excluded.version, \
        first_ms = excluded.first_ms, last_ms = excluded.last_ms, samples = excluded.samples, \
        chunks = excluded.chunks \
    WHERE excluded.version > days.version";
pub(crate) const DELETE: &str =
    "DELETE FROM days WHERE computer_id = ? AND day_ms = ? AND version <= ?";

pub(super) async fn put(
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
    let put = sqlx::query(PUT)
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

/// How they are listed.
pub(super) const LIST: (&str, Length, i64) = (BETWEEN, Length::Day, DAY_MS);

pub(super) async fn get(
    connection: &mut SqliteConnection,
    computer_id: i64,
    wanted: Wanted<'_>,
    range: &[Listed],
) -> Result<Vec<ChunkSet>> {
    let days = range.iter().map(|listed| listed.period.start_ms);
    let Some((first_ms, last_ms)) = days.clone().min().zip(days.clone().max()) else {
        return Ok(Vec::new());
    };
    let rows = sqlx::query(RANGE)
        .bind(computer_id)
        .bind(first_ms)
        .bind(last_ms)
        .fetch_all(connection)
        .await?;
    let mut sets = Vec::with_capacity(rows.len());
    for row in &rows {
        let listed = listed(row, Length::Day)?;
        if days.clone().any(|day_ms| day_ms == listed.period.start_ms) {
            sets.push(unpack(computer_id, listed, row.try_get(5)?, wanted)?);
        }
    }
    Ok(sets)
}

pub(super) async fn series(
    connection: &mut SqliteConnection,
    computer_id: i64,
    day: &Listed,
) -> Result<Vec<i64>> {
    let sets = get(connection, computer_id, Wanted::All, &[*day]).await?;
    let numbers = sets.iter().flat_map(|set| &set.chunks);
    Ok(numbers.map(|&(series, _)| series).collect())
}

pub(super) async fn delete(
    connection: &mut SqliteConnection,
    computer_id: i64,
    period: Period,
) -> sqlx::Result<bool> {
    let deleted = sqlx::query(DELETE)
        .bind(computer_id)
        .bind(period.start_ms)
        .bind(period.version)
        .execute(connection)
        .await?;
    Ok(deleted.rows_affected() > 0)
}

/// The wanted chunks of a day's value.
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
