//! Old rows and old days go.

use super::{SqliteStore, row};
use crate::{Result, Retention, Span};
use async_trait::async_trait;
use sqlx::SqliteConnection;

/// The oldest and the newest row of each computer, and the ends of its oldest sealed day. Its newest
/// sample is a row at all times, and so needs no look at the days.
pub(super) const SPANS: &str = "SELECT c.id, \
        (SELECT min(timestamp_ms) FROM stats WHERE computer_id = c.id AND timestamp_ms IS NOT NULL), \
        (SELECT max(timestamp_ms) FROM stats WHERE computer_id = c.id AND timestamp_ms IS NOT NULL), \
        d.first_ms, d.last_ms \
    FROM computers c LEFT JOIN days d ON d.computer_id = c.id AND d.day_ms = \
        (SELECT min(day_ms) FROM days WHERE computer_id = c.id) \
    WHERE c.removed_ms IS NULL";

/// A slice of the rows of a computer.
pub(super) const FORGET_ROWS: &str = "DELETE FROM stats WHERE id IN \
    (SELECT id FROM stats WHERE computer_id = ? AND timestamp_ms < ? LIMIT ?)";

/// A slice of its days.
pub(super) const FORGET_DAYS: &str = "DELETE FROM days WHERE computer_id = ?1 AND day_ms IN \
    (SELECT day_ms FROM days WHERE computer_id = ?1 AND day_ms < ?2 AND last_ms < ?2 \
     ORDER BY day_ms LIMIT 30) RETURNING samples";

#[async_trait]
impl Retention for SqliteStore {
    async fn whole_span(&self) -> Result<Option<Span>> {
        let rows = sqlx::query(SPANS).fetch_all(&self.readers).await?;
        let ends = |index| rows.iter().filter_map(move |row| row::integer(row, index));
        let first_ms = ends(1).chain(ends(3)).min();
        let last_ms = ends(2).chain(ends(4)).max();
        let span = first_ms.zip(last_ms);
        Ok(span.map(|(first_ms, last_ms)| Span { first_ms, last_ms }))
    }

    async fn with_samples_before(&self, before_ms: i64) -> Result<Vec<i64>> {
        let rows = sqlx::query(SPANS).fetch_all(&self.readers).await?;
        let is_old = |moment: Option<i64>| moment.is_some_and(|moment_ms| moment_ms < before_ms);
        let old = rows.iter().filter(|row| {
            // The oldest row, or the newest sample of the oldest day.
            is_old(row::integer(row, 1)) || is_old(row::integer(row, 4))
        });
        Ok(old.filter_map(|row| row::integer(row, 0)).collect())
    }

    async fn forget(&self, computer_id: i64, before_ms: i64, rows: u32) -> Result<u64> {
        // Whoever seals has read the day that it will put, and would put it back until the next time.
        let _alone = self.sealing.lock().await;
        let mut transaction = self.begin().await?;
        let mut forgotten = sqlx::query(FORGET_ROWS)
            .bind(computer_id)
            .bind(before_ms)
            .bind(rows.max(1))
            .execute(&mut *transaction)
            .await?
            .rows_affected();
        if forgotten == 0 {
            forgotten = forget_days(&mut transaction, computer_id, before_ms).await?;
        }
        transaction.commit().await?;
        Ok(forgotten)
    }
}

async fn forget_days(
    connection: &mut SqliteConnection,
    computer_id: i64,
    before_ms: i64,
) -> sqlx::Result<u64> {
    let samples: Vec<i64> = sqlx::query_scalar(FORGET_DAYS)
        .bind(computer_id)
        .bind(before_ms)
        .fetch_all(connection)
        .await?;
    // A damaged day may claim to hold none, and is gone all the same.
    Ok(samples
        .iter()
        .map(|count| count.unsigned_abs().max(1))
        .sum())
}
