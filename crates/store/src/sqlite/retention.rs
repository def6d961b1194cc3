//! Deletes expired rows and periods.

use super::chunks::SqliteChunks;
use super::row_index::Rows;
use super::{SqliteStore, events, merge, row, rows};
use crate::sealed::{DAY_MS, day_of};
use crate::{ChunkStore, HistorySealing, PeriodLength, Result, Retention, Span};
use async_trait::async_trait;
use sqlx::sqlite::SqliteRow;

/// The spans of each computer's oldest hour and day, and the first moment of its oldest month. A computer's newest
/// sample is always a row.
pub(super) const SPANS: &str = "SELECT c.id, h.first_ms, h.last_ms, d.first_ms, d.last_ms, m.first_ms \
    FROM computers c LEFT JOIN hours h ON h.computer_id = c.id AND h.hour_ms = \
        (SELECT min(hour_ms) FROM hours WHERE computer_id = c.id) \
    LEFT JOIN days d ON d.computer_id = c.id AND d.day_ms = \
        (SELECT min(day_ms) FROM days WHERE computer_id = c.id) \
    LEFT JOIN months m ON m.computer_id = c.id AND m.month_ms = \
        (SELECT min(month_ms) FROM months WHERE computer_id = c.id) \
    WHERE c.removed_ms IS NULL";

/// Deletes the sealed rows of a period that is deleted. It scans the index between two moments, where hardly any row
/// is left.
pub(super) const LEFT: &str =
    "DELETE FROM stats WHERE timestamp_ms >= ? AND timestamp_ms <= ? AND computer_id = ?";

/// The number of sealed periods deleted at once.
const PERIODS: usize = 30;
/// The minimum number of sealed rows deleted at once.
const SWEPT: u32 = 1_000;

#[async_trait]
impl Retention for SqliteStore {
    async fn whole_span(&self) -> Result<Option<Span>> {
        let all = self.histories().await?;
        let first = all.iter().filter_map(|history| history.first_ms).min();
        let last = all.iter().filter_map(|history| history.last_ms).max();
        let span = first.zip(last);
        Ok(span.map(|(first_ms, last_ms)| Span { first_ms, last_ms }))
    }

    async fn computers_with_samples_before(&self, before_ms: i64) -> Result<Vec<i64>> {
        let all = self.histories().await?;
        let is_old = |history: &&History| history.deletable_ms.is_some_and(|ms| ms <= before_ms);
        let old = all.iter().filter(is_old);
        Ok(old.map(|history| history.computer_id).collect())
    }

    async fn delete_before(&self, computer_id: i64, before_ms: i64, rows: u32) -> Result<u64> {
        // Otherwise sealing that has already read a day would write it back.
        let _alone = self.sealing.lock().await;
        let old = |known: &Rows| known.between(computer_id, i64::MIN, before_ms);
        let mut old = self.query_rows(old).await?;
        old.truncate(rows.max(1) as usize);
        let mut transaction = self.begin().await?;
        rows::delete_rows(&mut transaction, &old).await?;
        sqlx::query(events::FORGET)
            .bind(computer_id)
            .bind(before_ms)
            .bind(rows.max(1))
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        self.row_index
            .update(|known| known.remove(computer_id, &old));
        if !old.is_empty() {
            return Ok(old.len() as u64);
        }
        self.delete_sealed_before(computer_id, before_ms, rows)
            .await
    }
}

/// The span of a computer's history, computed from its rows and its oldest period of each length.
struct History {
    computer_id: i64,
    first_ms: Option<i64>,
    last_ms: Option<i64>,
    /// Retention deletes something as soon as its cutoff reaches this moment, the end of: the oldest row, the whole
    /// oldest hour or day, or the first day of the oldest month.
    deletable_ms: Option<i64>,
}

impl History {
    fn from_row(row: &SqliteRow, known: &Rows) -> Option<Self> {
        let [hour, hour_last, day, day_last, month] = [1, 2, 3, 4, 5].map(|i| row::integer(row, i));
        let computer_id = row::integer(row, 0)?;
        let (first, last) = known.first_and_last(computer_id).unzip();
        let (first, last) = (
            first.map(|row| row.moment_ms),
            last.map(|row| row.moment_ms),
        );
        let after = |moment_ms: Option<i64>| Some(moment_ms?.saturating_add(1));
        let deletable = [first, hour_last, day_last].map(after);
        let deletable = deletable.into_iter().chain([month.map(first_day_end)]);
        Some(Self {
            computer_id,
            first_ms: [first, hour, day, month].into_iter().flatten().min(),
            last_ms: [last, hour_last, day_last].into_iter().flatten().max(),
            deletable_ms: deletable.flatten().min(),
        })
    }
}

impl SqliteStore {
    async fn histories(&self) -> Result<Vec<History>> {
        let rows = sqlx::query(SPANS).fetch_all(&self.readers).await?;
        let history = |known: &Rows| {
            let all = rows.iter().filter_map(|row| History::from_row(row, known));
            all.collect()
        };
        self.query_rows(history).await
    }

    /// Deletes some periods, oldest first; first splits a month that is old only in part. Their sealed rows are
    /// deleted before: without the period, the next start would take them as unsealed.
    async fn delete_sealed_before(
        &self,
        computer_id: i64,
        before_ms: i64,
        rows: u32,
    ) -> Result<u64> {
        while self.delete_sealed_rows(before_ms, rows.max(SWEPT)).await? {}
        loop {
            let mut transaction = self.begin().await?;
            let mut chunks = SqliteChunks(&mut transaction);
            let periods = chunks.list(computer_id, i64::MIN, before_ms).await?;
            let in_part = periods.iter().find(|info| {
                info.last_ms >= before_ms
                    && info.period.length == PeriodLength::Month
                    && first_day_end(info.first_ms) <= before_ms
            });
            if let Some(&month) = in_part {
                drop(transaction);
                merge::split_month(self, computer_id, month).await?;
                continue;
            }
            let old = periods.iter().filter(|info| info.last_ms < before_ms);
            let mut forgotten = 0;
            for info in old.take(PERIODS) {
                chunks.delete(computer_id, info.period).await?;
                sqlx::query(LEFT)
                    .bind(info.first_ms)
                    .bind(info.last_ms)
                    .bind(computer_id)
                    .execute(&mut *chunks.0)
                    .await?;
                // A damaged period may claim zero samples.
                forgotten += info.samples.max(1);
            }
            transaction.commit().await?;
            return Ok(forgotten);
        }
    }
}

/// The end of the day of a month's first sample.
fn first_day_end(first_ms: i64) -> i64 {
    day_of(first_ms).saturating_add(DAY_MS)
}
