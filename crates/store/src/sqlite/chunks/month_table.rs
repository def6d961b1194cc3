//! The tables of months, which store each chunk in a row of its own.

use super::json;
use crate::{ChunkSet, Error, PeriodInfo, PeriodKey, Result, SeriesFilter};
use bytes::Bytes;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use std::collections::BTreeMap;

/// Chunks of some series in a range of months, which are neighbours in the index.
pub(crate) const RANGE: &str = "SELECT month_ms, series_id, chunk FROM json_each(?2) AS wanted \
    CROSS JOIN chunks ON computer_id = ?1 AND series_id = wanted.value \
        AND month_ms >= ?3 AND month_ms <= ?4";
/// The column of the bytes in `RANGE`.
const CHUNK: usize = 2;
/// The stored version of a month.
pub(crate) const THERE: &str =
    "SELECT version, series FROM months WHERE computer_id = ? AND month_ms = ?";
pub(crate) const PUT: &str = "INSERT OR REPLACE INTO months \
    (computer_id, month_ms, version, first_ms, last_ms, samples, series) VALUES (?, ?, ?, ?, ?, ?, ?)";
const PUT_CHUNK: &str =
    "INSERT INTO chunks (computer_id, series_id, month_ms, chunk) VALUES (?, ?, ?, ?)";
pub(crate) const DELETE: &str = "DELETE FROM months WHERE computer_id = ? AND month_ms = ?";
/// Deletes all chunks of a month, even if the month does not list them.
pub(crate) const DELETE_CHUNKS: &str = "DELETE FROM chunks WHERE computer_id = ? AND month_ms = ?";

pub(super) async fn put(
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
    let there = there(connection, computer_id, period).await?;
    if there.is_some_and(|(version, _)| version >= period.version) {
        return Ok(false);
    }
    delete_chunks(connection, computer_id, period).await?;
    let series: Vec<i64> = set.chunks.iter().map(|&(series, _)| series).collect();
    sqlx::query(PUT)
        .bind(computer_id)
        .bind(period.start_ms)
        .bind(period.version)
        .bind(first_ms)
        .bind(last_ms)
        .bind(samples.cast_signed())
        .bind(json(&series))
        .execute(&mut *connection)
        .await?;
    for (series, chunk) in &set.chunks {
        sqlx::query(PUT_CHUNK)
            .bind(computer_id)
            .bind(series)
            .bind(period.start_ms)
            .bind(&chunk[..])
            .execute(&mut *connection)
            .await?;
    }
    Ok(true)
}

pub(super) async fn get(
    connection: &mut SqliteConnection,
    computer_id: i64,
    wanted: SeriesFilter<'_>,
    range: &[PeriodInfo],
) -> Result<Vec<ChunkSet>> {
    let mut sets: BTreeMap<i64, ChunkSet> = BTreeMap::new();
    for &info in range {
        let chunks = Vec::new();
        sets.insert(info.period.start_ms, ChunkSet { info, chunks });
    }
    let (Some((&first_ms, _)), Some((&last_ms, _))) =
        (sets.first_key_value(), sets.last_key_value())
    else {
        return Ok(Vec::new());
    };
    let numbers = match wanted {
        SeriesFilter::Only(some) => some.to_vec(),
        SeriesFilter::All => all_series(connection, computer_id, range).await?,
    };
    let rows = sqlx::query(RANGE)
        .bind(computer_id)
        .bind(json(&numbers))
        .bind(first_ms)
        .bind(last_ms)
        .fetch_all(connection)
        .await?;
    for row in rows {
        if let Some(set) = sets.get_mut(&row.try_get(0)?) {
            set.chunks.push((row.try_get(1)?, chunk(row)?));
        }
    }
    let mut sets: Vec<_> = sets.into_values().collect();
    for set in &mut sets {
        set.chunks.sort_by_key(|&(series, _)| series);
    }
    Ok(sets)
}

/// The chunk of a row, without a copy: a year of one series is a megabyte.
fn chunk(row: SqliteRow) -> sqlx::Result<Bytes> {
    struct Chunk(SqliteRow);
    impl AsRef<[u8]> for Chunk {
        fn as_ref(&self) -> &[u8] {
            self.0.try_get(CHUNK).unwrap_or_default()
        }
    }
    let _: &[u8] = row.try_get(CHUNK)?;
    Ok(Bytes::from_owner(Chunk(row)))
}

async fn all_series(
    connection: &mut SqliteConnection,
    computer_id: i64,
    range: &[PeriodInfo],
) -> Result<Vec<i64>> {
    let mut all = Vec::new();
    for info in range {
        all.extend(series(connection, computer_id, info.period).await?);
    }
    all.sort_unstable();
    all.dedup();
    Ok(all)
}

/// The numbers of a month's series.
pub(super) async fn series(
    connection: &mut SqliteConnection,
    computer_id: i64,
    period: PeriodKey,
) -> Result<Vec<i64>> {
    let there = there(connection, computer_id, period).await?;
    let Some((_, series)) = there else {
        return Ok(Vec::new());
    };
    serde_json::from_str(&series).map_err(|_| {
        Error::damaged_period(computer_id, period, &"its list of series is unreadable")
    })
}

pub(super) async fn delete(
    connection: &mut SqliteConnection,
    computer_id: i64,
    period: PeriodKey,
) -> sqlx::Result<bool> {
    let there = there(connection, computer_id, period).await?;
    if there.is_none_or(|(version, _)| version > period.version) {
        return Ok(false);
    }
    delete_chunks(connection, computer_id, period).await?;
    sqlx::query(DELETE)
        .bind(computer_id)
        .bind(period.start_ms)
        .execute(connection)
        .await?;
    Ok(true)
}

/// The version and the series of the stored month.
async fn there(
    connection: &mut SqliteConnection,
    computer_id: i64,
    period: PeriodKey,
) -> sqlx::Result<Option<(i64, String)>> {
    sqlx::query_as(THERE)
        .bind(computer_id)
        .bind(period.start_ms)
        .fetch_optional(connection)
        .await
}

async fn delete_chunks(
    connection: &mut SqliteConnection,
    computer_id: i64,
    period: PeriodKey,
) -> sqlx::Result<()> {
    sqlx::query(DELETE_CHUNKS)
        .bind(computer_id)
        .bind(period.start_ms)
        .execute(connection)
        .await?;
    Ok(())
}
