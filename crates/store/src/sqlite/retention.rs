//! Deletes expired rows and periods.

use super::chunks::SqliteChunks;
use super::row_index::{Row, Rows};
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
        let all = self.oldest().await?;
        let first = all.iter().filter_map(Oldest::first_ms).min();
        let last = all
            .iter()
            .flat_map(|oldest| oldest.rows.map(|(_, last)| last.moment_ms));
        let sealed = all.iter().flat_map(|oldest| [oldest.hour, oldest.day]);
        let last = last.chain(sealed.flatten().map(|span| span.last_ms)).max();
        let span = first.zip(last);
        Ok(span.map(|(first_ms, last_ms)| Span { first_ms, last_ms }))
    }

    async fn computers_with_samples_before(&self, before_ms: i64) -> Result<Vec<i64>> {
        let all = self.oldest().await?;
        let old = all.iter().filter(|oldest| oldest.is_before(before_ms));
        Ok(old.map(|oldest| oldest.computer_id).collect())
    }

    async fn delete_before(&self, computer_id: i64, before_ms: i64, rows: u32) -> Result<u64> {
        // Sealing that has read a day would otherwise write it back.
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

/// The start of a computer's history: its rows, and its oldest period of each length.
struct Oldest {
    computer_id: i64,
    rows: Option<(Row, Row)>,
    hour: Option<Span>,
    day: Option<Span>,
    month_first_ms: Option<i64>,
}

impl Oldest {
    fn from_row(row: &SqliteRow, known: &Rows) -> Option<Self> {
        let span = |index| {
            let ends = row::integer(row, index).zip(row::integer(row, index + 1));
            ends.map(|(first_ms, last_ms)| Span { first_ms, last_ms })
        };
        let computer_id = row::integer(row, 0)?;
        Some(Self {
            computer_id,
            rows: known.first_and_last(computer_id),
            hour: span(1),
            day: span(3),
            month_first_ms: row::integer(row, 5),
        })
    }

    fn first_ms(&self) -> Option<i64> {
        let sealed = [self.hour, self.day].into_iter().flatten();
        let sealed = sealed.map(|span| span.first_ms).chain(self.month_first_ms);
        let row = self.rows.map(|(first, _)| first.moment_ms);
        sealed.chain(row).min()
    }

    /// Whether a row, the whole oldest hour or day, or the first day of the oldest month is older.
    fn is_before(&self, before_ms: i64) -> bool {
        let sealed = [self.hour, self.day].into_iter().flatten();
        let sealed = sealed.map(|span| span.last_ms);
        let row = self.rows.map(|(first, _)| first.moment_ms);
        let month = self.month_first_ms;
        sealed.chain(row).any(|moment_ms| moment_ms < before_ms)
            || month.is_some_and(|first_ms| first_day_end(first_ms) <= before_ms)
    }
}

impl SqliteStore {
    async fn oldest(&self) -> Result<Vec<Oldest>> {
        let rows = sqlx::query(SPANS).fetch_all(&self.readers).await?;
        let oldest = |known: &Rows| {
            rows.iter()
                .filter_map(|row| Oldest::from_row(row, known))
                .collect()
        };
        self.query_rows(oldest).await
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
