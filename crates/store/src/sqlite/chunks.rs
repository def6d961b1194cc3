//! Chunks in SQLite, within whatever transaction the connection is in.
//!
//! All chunks of an hour or a day lie in one value, since a page of the file is larger than most of them; those of a
//! month each in a row of their own, so that a year of one series is a dozen neighbours in the index.

mod bundle;
mod bundles;
mod list;
mod months;
mod verify;

pub(super) use verify::look_over;

use crate::{ChunkSet, Chunks, Length, Listed, Period, Result, Wanted};
use async_trait::async_trait;
use bundles::{DAYS, HOURS};
pub(super) use list::Between;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use std::collections::{BTreeMap, BTreeSet};

/// Every statement here, for the test that none reads all to find a few.
#[cfg(test)]
pub(super) const STATEMENTS: [&str; 13] = [
    list::LIST,
    HOURS.some,
    HOURS.put,
    HOURS.delete,
    DAYS.some,
    DAYS.put,
    DAYS.delete,
    months::THERE,
    months::RANGE,
    months::PUT,
    months::DELETE,
    months::DELETE_CHUNKS,
    SPAN,
];

/// Where the sealed history of a computer begins and ends.
pub(super) const SPAN: &str = "SELECT min(first_ms), max(last_ms) FROM \
    (SELECT first_ms, last_ms FROM hours WHERE computer_id = ?1 \
     UNION ALL SELECT first_ms, last_ms FROM days WHERE computer_id = ?1 \
     UNION ALL SELECT first_ms, last_ms FROM months WHERE computer_id = ?1)";

/// The chunks that a connection sees.
pub(super) struct SqliteChunks<'c>(pub(super) &'c mut SqliteConnection);

#[async_trait]
impl Chunks for SqliteChunks<'_> {
    async fn put(&mut self, computer_id: i64, set: &ChunkSet) -> Result<()> {
        let put = match set.listed.period.length {
            Length::Hour => bundles::put(&HOURS, self.0, computer_id, set).await?,
            Length::Day => bundles::put(&DAYS, self.0, computer_id, set).await?,
            Length::Month => months::put(self.0, computer_id, set).await?,
        };
        if put {
            Ok(())
        } else {
            Err(older(computer_id, set.listed.period))
        }
    }

    async fn get(
        &mut self,
        computer_id: i64,
        wanted: Wanted<'_>,
        range: &[Listed],
    ) -> Result<Vec<ChunkSet>> {
        let periods: Vec<_> = range.iter().map(|&listed| (computer_id, listed)).collect();
        let sets = self.get_of_all(wanted, &periods).await?;
        Ok(sets.into_iter().map(|(_, set)| set).collect())
    }

    async fn list(&mut self, computer_id: i64, from_ms: i64, to_ms: i64) -> Result<Vec<Listed>> {
        let all = self.list_of_all(&[(computer_id, (from_ms, to_ms))]).await?;
        Ok(all.into_iter().map(|(_, listed)| listed).collect())
    }

    async fn series(&mut self, computer_id: i64, periods: &[Listed]) -> Result<BTreeSet<i64>> {
        let mut found = BTreeSet::new();
        for listed in periods {
            found.extend(match listed.period.length {
                Length::Hour => bundles::series(&HOURS, self.0, computer_id, listed).await?,
                Length::Day => bundles::series(&DAYS, self.0, computer_id, listed).await?,
                Length::Month => months::series(self.0, computer_id, listed.period).await?,
            });
        }
        Ok(found)
    }

    async fn delete(&mut self, computer_id: i64, period: Period) -> Result<bool> {
        match period.length {
            Length::Hour => Ok(bundles::delete(&HOURS, self.0, computer_id, period).await?),
            Length::Day => Ok(bundles::delete(&DAYS, self.0, computer_id, period).await?),
            Length::Month => Ok(months::delete(self.0, computer_id, period).await?),
        }
    }
}

impl SqliteChunks<'_> {
    /// The periods of some computers that have samples between two moments of each: in the order of their
    /// beginnings.
    pub(super) async fn list_of_all(&mut self, spans: &[Between]) -> Result<Vec<(i64, Listed)>> {
        Ok(list::list(self.0, spans).await?)
    }

    /// The chunks of some periods of some computers, in the same order.
    pub(super) async fn get_of_all(
        &mut self,
        wanted: Wanted<'_>,
        periods: &[(i64, Listed)],
    ) -> Result<Vec<(i64, ChunkSet)>> {
        let mut sets = Vec::new();
        for table in [&HOURS, &DAYS] {
            sets.extend(bundles::get(table, self.0, wanted, periods).await?);
        }
        let mut months: BTreeMap<i64, Vec<Listed>> = BTreeMap::new();
        for &(id, listed) in periods {
            if listed.period.length == Length::Month {
                months.entry(id).or_default().push(listed);
            }
        }
        for (id, months) in months {
            let found = months::get(self.0, id, wanted, &months).await?;
            sets.extend(found.into_iter().map(|set| (id, set)));
        }
        sets.sort_by_key(|(_, set)| set.listed.first_ms);
        Ok(sets)
    }
}

fn older(computer_id: i64, period: Period) -> crate::Error {
    crate::Error::damaged_period(
        computer_id,
        period,
        &"a newer version of it is there already",
    )
}

/// What one computer's history begins and ends with, as far as it is sealed.
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

/// What statements take any number of, as one JSON array: their text is the same however many there are.
fn json<T: serde::Serialize>(all: &[T]) -> String {
    serde_json::to_string(all).unwrap_or_default()
}

/// Computer, start, version, first and last moment and count of samples, which every statement asks for in this
/// order.
fn listed(row: &SqliteRow, length: Length) -> sqlx::Result<(i64, Listed)> {
    let listed = Listed {
        period: Period {
            start_ms: row.try_get(1)?,
            length,
            version: row.try_get(2)?,
        },
        first_ms: row.try_get(3)?,
        last_ms: row.try_get(4)?,
        samples: row.try_get::<i64, _>(5)?.unsigned_abs(),
    };
    Ok((row.try_get(0)?, listed))
}
