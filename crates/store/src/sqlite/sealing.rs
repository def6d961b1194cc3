//! Sealing: turns the rows of an hour or a day into chunks, and the hours of a day into the day.
//!
//! Sealed rows stay in the file for a while. The rows of one computer are in different pages, so deleting them one by
//! one would write a page for each. They are only marked as sealed in memory ([`super::row_index`]) until their
//! neighbours are sealed too. Then new rows reuse their pages. Both happen in one transaction, so SQLite writes each
//! page once instead of twice.

mod target;

use super::blocking::blocking;
use super::columns::RowColumns;
use super::row_index::{Row, Rows};
use super::{SqliteStore, chunks::SqliteChunks, merge, names::Names, row};
use crate::sealed::{DAY_MS, HOUR_MS, day_of, hour_of};
use crate::{ChunkSet, ChunkStore, HistorySealing, PeriodKey, PeriodLength, Result, SealCandidate};
use async_trait::async_trait;
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteRow;
use target::Target;

/// The numbers of the last 100 rows before a moment.
pub(super) const BEFORE: &str =
    "SELECT id FROM stats WHERE timestamp_ms < ? ORDER BY timestamp_ms DESC LIMIT 100";

/// Whether there is a row at or after a moment.
pub(super) const SINCE: &str = "SELECT EXISTS (SELECT 1 FROM stats WHERE timestamp_ms >= ?)";

/// Deletes a run of sealed rows.
pub(super) const SWEEP: &str = "DELETE FROM stats WHERE id BETWEEN ? AND ?";

/// The oldest hour of each computer.
pub(super) const HOURS: &str = "SELECT id, \
        (SELECT min(hour_ms) FROM hours WHERE computer_id = c.id) \
    FROM computers c";

/// The oldest hour of one computer.
pub(super) const HOUR: &str = "SELECT min(hour_ms) FROM hours WHERE computer_id = ?";

/// The oldest day of each computer that is not merged into a month.
pub(super) const UNMERGED: &str = "SELECT id, \
        (SELECT min(day_ms) FROM days WHERE computer_id = c.id AND day_ms >= ?) \
    FROM computers c WHERE removed_ms IS NULL";

#[async_trait]
impl HistorySealing for SqliteStore {
    async fn seal_candidates(&self) -> Result<Vec<SealCandidate>> {
        let end = |moment_ms| hour_of(moment_ms).saturating_add(HOUR_MS);
        self.query_rows(|rows| rows.seal_candidates(end)).await
    }

    async fn seal_hours(&self, computer_ids: &[i64], before_ms: i64) -> Result<u64> {
        // Held throughout: neither a period nor the rows may change between reading and writing it.
        let _alone = self.sealing.lock().await;
        let mut sealed = Vec::new();
        for &id in computer_ids {
            sealed.extend(self.seal_next(id, before_ms, PeriodLength::Hour).await?);
        }
        self.put(&sealed).await
    }

    async fn seal_day(&self, computer_id: i64, before_ms: i64) -> Result<u64> {
        let _alone = self.sealing.lock().await;
        let sealed = self
            .seal_next(computer_id, before_ms, PeriodLength::Day)
            .await?;
        self.put(sealed.as_slice()).await
    }

    async fn reuse_sealed_rows(&self, before_ms: i64) -> Result<()> {
        let to = self.highest_before(before_ms).await?;
        self.row_index.update(|known| known.reuse_up_to(to));
        Ok(())
    }

    async fn delete_sealed_rows(&self, before_ms: i64, rows: u32) -> Result<bool> {
        let to = self.highest_before(before_ms).await?;
        let runs = self.query_rows(|known| known.sealed_runs(to, rows as usize));
        let runs = runs.await?;
        if runs.is_empty() {
            return Ok(false);
        }
        let mut transaction = self.begin().await?;
        delete_runs(&mut transaction, &runs).await?;
        transaction.commit().await?;
        self.row_index.update(|known| known.remove_sealed(&runs));
        Ok(true)
    }

    async fn oldest_unmerged_hours(&self) -> Result<Vec<(i64, i64)>> {
        let rows = sqlx::query(HOURS).fetch_all(&self.readers).await?;
        Ok(rows.iter().filter_map(oldest_start).collect())
    }

    async fn merge_day(&self, computer_id: i64, before_ms: i64) -> Result<u64> {
        let _alone = self.sealing.lock().await;
        let oldest: Option<i64> = sqlx::query_scalar(HOUR)
            .bind(computer_id)
            .fetch_one(&self.readers)
            .await?;
        let day_ms = day_of(oldest.unwrap_or(i64::MAX));
        let end_ms = day_ms.saturating_add(DAY_MS);
        if oldest.is_none() || end_ms > before_ms {
            return Ok(0);
        }
        let sealable = |rows: &Rows| rows.sealable(computer_id, day_ms, end_ms);
        let rows = self.query_rows(sealable).await?;
        let day = self
            .seal(computer_id, day_ms, PeriodLength::Day, rows)
            .await?;
        let hours = day.replaced.len() as u64;
        self.put(&[day]).await?;
        Ok(hours)
    }

    async fn oldest_unmerged_days(&self, from_ms: i64) -> Result<Vec<(i64, i64)>> {
        let days = sqlx::query(UNMERGED).bind(from_ms);
        let rows = days.fetch_all(&self.readers).await?;
        Ok(rows.iter().filter_map(oldest_start).collect())
    }

    async fn merge_month(&self, computer_id: i64, from_ms: i64, before_ms: i64) -> Result<u64> {
        merge::merge_month(self, computer_id, from_ms, before_ms).await
    }
}

/// A sealed period that is not stored yet.
struct Sealed {
    computer_id: i64,
    /// The rows that went into it.
    rows: Vec<Row>,
    /// The period; `None` if it had all of these samples before.
    set: Option<ChunkSet>,
    /// The periods that it replaces.
    replaced: Vec<PeriodKey>,
}

/// A computer, and the start of its oldest period, if it has any.
fn oldest_start(row: &SqliteRow) -> Option<(i64, i64)> {
    row::integer(row, 0).zip(row::integer(row, 1))
}

/// Deletes runs of sealed rows.
pub(super) async fn delete_runs(
    connection: &mut SqliteConnection,
    runs: &[(i64, i64)],
) -> sqlx::Result<()> {
    for (first, last) in runs {
        let run = sqlx::query(SWEEP).bind(first).bind(last);
        run.execute(&mut *connection).await?;
    }
    Ok(())
}

/// The start and the end of the hour or the day of a moment.
fn period(moment_ms: i64, length: PeriodLength) -> (i64, i64) {
    let (start_ms, length_ms) = match length {
        PeriodLength::Hour => (hour_of(moment_ms), HOUR_MS),
        _ => (day_of(moment_ms), DAY_MS),
    };
    (start_ms, start_ms.saturating_add(length_ms))
}

impl SqliteStore {
    /// Seals the rows of a computer's oldest period that has any.
    async fn seal_next(
        &self,
        computer_id: i64,
        before_ms: i64,
        length: PeriodLength,
    ) -> Result<Option<Sealed>> {
        let oldest = |rows: &Rows| {
            let (first, _) = rows.first_and_last(computer_id)?;
            let (start_ms, end_ms) = period(first.moment_ms, length);
            let rows = rows.sealable(computer_id, first.moment_ms, end_ms.min(before_ms));
            (!rows.is_empty()).then_some((start_ms, rows))
        };
        let Some((start_ms, rows)) = self.query_rows(oldest).await? else {
            return Ok(None);
        };
        let sealed = self.seal(computer_id, start_ms, length, rows).await?;
        Ok(Some(sealed))
    }

    /// A number near the last row that arrived before a moment. Backfilled samples have higher numbers than their
    /// neighbours in time, so this is the median of the last rows. A later call covers the rows that it misses.
    async fn highest_before(&self, moment_ms: i64) -> Result<i64> {
        let is_any_since: bool = sqlx::query_scalar(SINCE)
            .bind(moment_ms)
            .fetch_one(&self.readers)
            .await?;
        if !is_any_since {
            return Ok(i64::MAX);
        }
        let mut last: Vec<i64> = sqlx::query_scalar(BEFORE)
            .bind(moment_ms)
            .fetch_all(&self.readers)
            .await?;
        last.sort_unstable();
        Ok(last.get(last.len() / 2).copied().unwrap_or(i64::MIN))
    }

    /// Merges rows into their period; a day also takes its hours.
    async fn seal(
        &self,
        computer_id: i64,
        start_ms: i64,
        length: PeriodLength,
        rows: Vec<Row>,
    ) -> Result<Sealed> {
        let taken = RowColumns::read_rows(&self.readers, &rows).await?;
        self.name(&taken).await?;
        let new = taken.into_block(&self.names);
        let mut snapshot = self.readers.begin().await?;
        let target = Target::load(&mut snapshot, computer_id, start_ms, length).await?;
        drop(snapshot);
        let (info, replaced) = (target.info, target.replaced());
        let set = blocking(computer_id, &info, move || target.with(new)).await?;
        Ok(Sealed {
            computer_id,
            rows,
            set,
            replaced,
        })
    }

    /// Stores sealed periods in one transaction, and returns the number of rows in them.
    async fn put(&self, all: &[Sealed]) -> Result<u64> {
        if all.is_empty() {
            return Ok(0);
        }
        let mut transaction = self.begin().await?;
        let mut chunks = SqliteChunks(&mut transaction);
        for sealed in all {
            if let Some(set) = &sealed.set {
                chunks.put(sealed.computer_id, set).await?;
                for &period in &sealed.replaced {
                    chunks.delete(sealed.computer_id, period).await?;
                }
            }
        }
        transaction.commit().await?;
        self.row_index.update(|known| {
            let each = all.iter();
            each.for_each(|sealed| known.mark_sealed(sealed.computer_id, &sealed.rows));
        });
        Ok(all.iter().map(|sealed| sealed.rows.len() as u64).sum())
    }

    /// Assigns numbers to the names of new series.
    async fn name(&self, taken: &RowColumns) -> Result<()> {
        let unknown = taken.unknown(&self.names);
        if unknown.is_empty() {
            return Ok(());
        }
        let mut transaction = self.begin().await?;
        for name in unknown {
            Names::insert_name(&mut transaction, name).await?;
        }
        transaction.commit().await?;
        Ok(self.names.reload(&self.readers).await?)
    }
}
