//! Old rows and old days go.

use super::chunks::SqliteChunks;
use super::{SqliteStore, events, months, row};
use crate::sealed::{DAY_MS, day_of};
use crate::{Chunks, Length, Result, Retention, Span};
use async_trait::async_trait;

/// The oldest and the newest row of each computer, the ends of its oldest sealed day, and where its oldest
/// sealed month begins. Its newest sample is a row at all times, and so needs no look at what is sealed.
pub(super) const SPANS: &str = "SELECT c.id, \
        (SELECT min(timestamp_ms) FROM stats WHERE computer_id = c.id AND timestamp_ms IS NOT NULL), \
        (SELECT max(timestamp_ms) FROM stats WHERE computer_id = c.id AND timestamp_ms IS NOT NULL), \
        d.first_ms, d.last_ms, m.first_ms \
    FROM computers c LEFT JOIN days d ON d.computer_id = c.id AND d.day_ms = \
        (SELECT min(day_ms) FROM days WHERE computer_id = c.id) \
    LEFT JOIN months m ON m.computer_id = c.id AND m.month_ms = \
        (SELECT min(month_ms) FROM months WHERE computer_id = c.id) \
    WHERE c.removed_ms IS NULL";

/// A slice of the rows of a computer.
pub(super) const FORGET_ROWS: &str = "DELETE FROM stats WHERE id IN \
    (SELECT id FROM stats WHERE computer_id = ? AND timestamp_ms < ? LIMIT ?)";

/// Sealed periods that are deleted at once.
const PERIODS: usize = 30;

#[async_trait]
impl Retention for SqliteStore {
    async fn whole_span(&self) -> Result<Option<Span>> {
        let rows = sqlx::query(SPANS).fetch_all(&self.readers).await?;
        let ends = |index| rows.iter().filter_map(move |row| row::integer(row, index));
        let first_ms = ends(1).chain(ends(3)).chain(ends(5)).min();
        let last_ms = ends(2).chain(ends(4)).max();
        let span = first_ms.zip(last_ms);
        Ok(span.map(|(first_ms, last_ms)| Span { first_ms, last_ms }))
    }

    async fn with_samples_before(&self, before_ms: i64) -> Result<Vec<i64>> {
        let rows = sqlx::query(SPANS).fetch_all(&self.readers).await?;
        let is_old = |moment: Option<i64>| moment.is_some_and(|moment_ms| moment_ms < before_ms);
        let old = rows.iter().filter(|row| {
            // The oldest row, the newest sample of the oldest day, or all of the first day of a month.
            is_old(row::integer(row, 1))
                || is_old(row::integer(row, 4))
                || row::integer(row, 5).is_some_and(|first_ms| first_day_end(first_ms) <= before_ms)
        });
        Ok(old.filter_map(|row| row::integer(row, 0)).collect())
    }

    async fn forget(&self, computer_id: i64, before_ms: i64, rows: u32) -> Result<u64> {
        // Whoever seals has read the day that it will put, and would put it back until the next time.
        let _alone = self.sealing.lock().await;
        let mut transaction = self.begin().await?;
        let forgotten = sqlx::query(FORGET_ROWS)
            .bind(computer_id)
            .bind(before_ms)
            .bind(rows.max(1))
            .execute(&mut *transaction)
            .await?
            .rows_affected();
        sqlx::query(events::FORGET)
            .bind(computer_id)
            .bind(before_ms)
            .bind(rows.max(1))
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        if forgotten > 0 {
            return Ok(forgotten);
        }
        self.forget_sealed(computer_id, before_ms).await
    }
}

impl SqliteStore {
    /// Deletes some periods, oldest first, once a month that is old only in part was taken apart.
    async fn forget_sealed(&self, computer_id: i64, before_ms: i64) -> Result<u64> {
        loop {
            let mut transaction = self.begin().await?;
            let mut chunks = SqliteChunks(&mut transaction);
            let periods = chunks.list(computer_id, i64::MIN, before_ms).await?;
            let in_part = periods.iter().find(|listed| {
                listed.last_ms >= before_ms
                    && listed.period.length == Length::Month
                    && first_day_end(listed.first_ms) <= before_ms
            });
            if let Some(&month) = in_part {
                drop(transaction);
                months::split(self, computer_id, month).await?;
                continue;
            }
            let old = periods.iter().filter(|listed| listed.last_ms < before_ms);
            let mut forgotten = 0;
            for listed in old.take(PERIODS) {
                chunks.delete(computer_id, listed.period).await?;
                // A damaged period may claim to hold none, and is gone all the same.
                forgotten += listed.samples.max(1);
            }
            transaction.commit().await?;
            return Ok(forgotten);
        }
    }
}

/// Where the day of a month's first sample ends.
fn first_day_end(first_ms: i64) -> i64 {
    day_of(first_ms).saturating_add(DAY_MS)
}
