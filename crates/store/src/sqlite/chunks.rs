//! Chunks in SQLite, within the connection's transaction.
//!
//! An hour or a day stores all its chunks in one value, since most chunks are smaller than a page. A month stores
//! each chunk in a row of its own, so that a year of one series is a dozen neighbours in the index.

mod bundle;
mod bundle_table;
mod check;
mod list;
mod month_table;

pub(super) use check::check_chunks;

use crate::{ChunkSet, ChunkStore, PeriodInfo, PeriodKey, PeriodLength, Result, SeriesFilter};
use async_trait::async_trait;
use bundle_table::{DAYS, HOURS};
pub(super) use list::Between;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use std::collections::{BTreeMap, BTreeSet};

/// All statements, for the test of query plans.
#[cfg(test)]
pub(super) const STATEMENTS: [&str; 13] = [
    list::LIST,
    HOURS.some,
    HOURS.put,
    HOURS.delete,
    DAYS.some,
    DAYS.put,
    DAYS.delete,
    month_table::THERE,
    month_table::RANGE,
    month_table::PUT,
    month_table::DELETE,
    month_table::DELETE_CHUNKS,
    SPAN,
];

/// The span of a computer's sealed history.
pub(super) const SPAN: &str = "SELECT min(first_ms), max(last_ms) FROM \
    (SELECT first_ms, last_ms FROM hours WHERE computer_id = ?1 \
     UNION ALL SELECT first_ms, last_ms FROM days WHERE computer_id = ?1 \
     UNION ALL SELECT first_ms, last_ms FROM months WHERE computer_id = ?1)";

/// The chunks that a connection reads and writes.
pub(super) struct SqliteChunks<'c>(pub(super) &'c mut SqliteConnection);

#[async_trait]
impl ChunkStore for SqliteChunks<'_> {
    async fn put(&mut self, computer_id: i64, set: &ChunkSet) -> Result<()> {
        let put = match set.info.period.length {
            PeriodLength::Hour => bundle_table::put(&HOURS, self.0, computer_id, set).await?,
            PeriodLength::Day => bundle_table::put(&DAYS, self.0, computer_id, set).await?,
            PeriodLength::Month => month_table::put(self.0, computer_id, set).await?,
        };
        if put {
            Ok(())
        } else {
            Err(older(computer_id, set.info.period))
        }
    }

    async fn get(
        &mut self,
        computer_id: i64,
        wanted: SeriesFilter<'_>,
        range: &[PeriodInfo],
    ) -> Result<Vec<ChunkSet>> {
        let periods: Vec<_> = range.iter().map(|&info| (computer_id, info)).collect();
        let sets = self.get_of_all(wanted, &periods).await?;
        Ok(sets.into_iter().map(|(_, set)| set).collect())
    }

    async fn list(
        &mut self,
        computer_id: i64,
        from_ms: i64,
        to_ms: i64,
    ) -> Result<Vec<PeriodInfo>> {
        let all = self.list_of_all(&[(computer_id, (from_ms, to_ms))]).await?;
        Ok(all.into_iter().map(|(_, info)| info).collect())
    }

    async fn series(&mut self, computer_id: i64, periods: &[PeriodInfo]) -> Result<BTreeSet<i64>> {
        let mut found = BTreeSet::new();
        for info in periods {
            found.extend(match info.period.length {
                PeriodLength::Hour => {
                    bundle_table::series(&HOURS, self.0, computer_id, info).await?
                }
                PeriodLength::Day => bundle_table::series(&DAYS, self.0, computer_id, info).await?,
                PeriodLength::Month => {
                    month_table::series(self.0, computer_id, info.period).await?
                }
            });
        }
        Ok(found)
    }

    async fn delete(&mut self, computer_id: i64, period: PeriodKey) -> Result<bool> {
        match period.length {
            PeriodLength::Hour => {
                Ok(bundle_table::delete(&HOURS, self.0, computer_id, period).await?)
            }
            PeriodLength::Day => {
                Ok(bundle_table::delete(&DAYS, self.0, computer_id, period).await?)
            }
            PeriodLength::Month => Ok(month_table::delete(self.0, computer_id, period).await?),
        }
    }
}

impl SqliteChunks<'_> {
    /// The periods of some computers that have samples within a span for each, ordered by their first samples.
    pub(super) async fn list_of_all(
        &mut self,
        spans: &[Between],
    ) -> Result<Vec<(i64, PeriodInfo)>> {
        Ok(list::list_periods(self.0, spans).await?)
    }

    /// The selected chunks of these periods, in the same order.
    pub(super) async fn get_of_all(
        &mut self,
        wanted: SeriesFilter<'_>,
        periods: &[(i64, PeriodInfo)],
    ) -> Result<Vec<(i64, ChunkSet)>> {
        let mut sets = Vec::new();
        for table in [&HOURS, &DAYS] {
            sets.extend(bundle_table::get(table, self.0, wanted, periods).await?);
        }
        let mut months: BTreeMap<i64, Vec<PeriodInfo>> = BTreeMap::new();
        for &(id, info) in periods {
            if info.period.length == PeriodLength::Month {
                months.entry(id).or_default().push(info);
            }
        }
        for (id, months) in months {
            let found = month_table::get(self.0, id, wanted, &months).await?;
            sets.extend(found.into_iter().map(|set| (id, set)));
        }
        sets.sort_by_key(|(_, set)| set.info.first_ms);
        Ok(sets)
    }
}

fn older(computer_id: i64, period: PeriodKey) -> crate::Error {
    crate::Error::damaged_period(computer_id, period, &"a newer version of it exists")
}

/// The span of a computer's sealed history.
pub(super) async fn span(
    connection: &mut SqliteConnection,
    computer_id: i64,
) -> sqlx::Result<Option<crate::Span>> {
    let row = sqlx::query(SPAN)
        .bind(computer_id)
        .fetch_one(connection)
        .await?;
    let ends = super::row::integer(&row, 0).zip(super::row::integer(&row, 1));
    Ok(ends.map(|(first_ms, last_ms)| crate::Span { first_ms, last_ms }))
}

/// A list as one JSON array: the statement's text does not depend on its length.
fn json<T: serde::Serialize>(all: &[T]) -> String {
    serde_json::to_string(all).unwrap_or_default()
}

/// A period from a row of computer, start, version, first moment, last moment and number of samples.
fn info(row: &SqliteRow, length: PeriodLength) -> sqlx::Result<(i64, PeriodInfo)> {
    let info = PeriodInfo {
        period: PeriodKey {
            start_ms: row.try_get(1)?,
            length,
            version: row.try_get(2)?,
        },
        first_ms: row.try_get(3)?,
        last_ms: row.try_get(4)?,
        samples: row.try_get::<i64, _>(5)?.unsigned_abs(),
    };
    Ok((row.try_get(0)?, info))
}
