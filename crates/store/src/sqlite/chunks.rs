//! Chunks in SQLite, within whatever transaction the connection is in.
//!
//! All chunks of an hour or a day lie in one value, since a page of the file is larger than most of them; those of a
//! month each in a row of their own, so that a year of one series is a dozen neighbours.

mod bundle;
mod bundles;
mod months;
mod verify;

pub(super) use verify::look_over;

use crate::{ChunkSet, Chunks, Length, Listed, Period, Result, Wanted};
use async_trait::async_trait;
use bundles::{DAYS, HOURS};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use std::collections::BTreeSet;

/// Every statement here, for the test that none reads all to find a few.
#[cfg(test)]
pub(super) const STATEMENTS: [&str; 15] = [
    HOURS.between,
    HOURS.range,
    HOURS.put,
    HOURS.delete,
    DAYS.between,
    DAYS.range,
    DAYS.put,
    DAYS.delete,
    months::BETWEEN,
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
        let of = |length| -> Vec<_> {
            let is_of = |listed: &&Listed| listed.period.length == length;
            range.iter().filter(is_of).copied().collect()
        };
        let mut sets = Vec::new();
        for table in [&HOURS, &DAYS] {
            let periods = of(table.length);
            sets.extend(bundles::get(table, self.0, computer_id, wanted, &periods).await?);
        }
        let months = of(Length::Month);
        sets.extend(months::get(self.0, computer_id, wanted, &months).await?);
        sets.sort_by_key(|set| set.listed.first_ms);
        Ok(sets)
    }

    async fn list(&mut self, computer_id: i64, from_ms: i64, to_ms: i64) -> Result<Vec<Listed>> {
        let mut all = Vec::new();
        for list in [
            (HOURS.between, HOURS.length, HOURS.length_ms),
            (DAYS.between, DAYS.length, DAYS.length_ms),
            months::LIST,
        ] {
            all.extend(between(self.0, list, computer_id, from_ms, to_ms).await?);
        }
        all.sort_by_key(|listed| listed.first_ms);
        Ok(all)
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

/// The periods of one length that have samples between two moments; none is longer than `longest_ms`.
async fn between(
    connection: &mut SqliteConnection,
    (statement, length, longest_ms): (&'static str, Length, i64),
    computer_id: i64,
    from_ms: i64,
    to_ms: i64,
) -> sqlx::Result<Vec<Listed>> {
    let rows = sqlx::query(statement)
        .bind(computer_id)
        .bind(from_ms.saturating_sub(longest_ms))
        .bind(to_ms)
        .bind(from_ms)
        .bind(to_ms)
        .fetch_all(connection)
        .await?;
    rows.iter().map(|row| listed(row, length)).collect()
}

/// Start, version, first and last moment and count of samples, which every statement asks for in this order.
fn listed(row: &SqliteRow, length: Length) -> sqlx::Result<Listed> {
    Ok(Listed {
        period: Period {
            start_ms: row.try_get(0)?,
            length,
            version: row.try_get(1)?,
        },
        first_ms: row.try_get(2)?,
        last_ms: row.try_get(3)?,
        samples: row.try_get::<i64, _>(4)?.unsigned_abs(),
    })
}
