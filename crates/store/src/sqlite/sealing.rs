//! Rows become chunks: those of an hour or of a day, and hours days.
//!
//! Rows that are sealed stay in the file for a while. Those of one computer lie far apart, each in a page of its
//! own, so that to delete them one by one would write a page for each. They are only noted as sealed
//! ([`super::unsealed`]) until all around them are sealed too. Then they give way to new ones, in the transaction
//! that stores these: SQLite writes a page that becomes free as it writes any other that changed, but one that is
//! used again at once it writes once.

mod target;

use super::samples::blocking;
use super::taken::Taken;
use super::unsealed::Row;
use super::{SqliteStore, chunks::SqliteChunks, months, names::Names, row};
use crate::sealed::{DAY_MS, HOUR_MS, day_of, hour_of};
use crate::{ChunkSet, Chunks, Length, Period, Result, Sealing, Unsealed};
use async_trait::async_trait;
use sqlx::SqliteConnection;
use target::Target;

/// The numbers of the last rows before a moment.
pub(super) const BEFORE: &str =
    "SELECT id FROM stats WHERE timestamp_ms < ? ORDER BY timestamp_ms DESC LIMIT 100";

/// Whether there is a row from a moment on. Text, which a script may have written, is greater than any number.
pub(super) const SINCE: &str =
    "SELECT EXISTS (SELECT 1 FROM stats WHERE timestamp_ms >= ? AND timestamp_ms < '')";

/// Rows of these numbers, which are all sealed.
pub(super) const SWEEP: &str = "DELETE FROM stats WHERE id BETWEEN ? AND ?";

/// The oldest hour of each computer.
pub(super) const HOURS: &str = "SELECT id, \
        (SELECT min(hour_ms) FROM hours WHERE computer_id = c.id) \
    FROM computers c";

/// The oldest hour of one.
pub(super) const HOUR: &str = "SELECT min(hour_ms) FROM hours WHERE computer_id = ?";

/// The oldest day of each computer that is in no month.
pub(super) const UNMERGED: &str = "SELECT id, \
        (SELECT min(day_ms) FROM days WHERE computer_id = c.id AND day_ms >= ?) \
    FROM computers c WHERE removed_ms IS NULL";

#[async_trait]
impl Sealing for SqliteStore {
    async fn oldest_unsealed(&self) -> Result<Vec<Unsealed>> {
        let end = |moment_ms| hour_of(moment_ms).saturating_add(HOUR_MS);
        self.rows(|rows| rows.oldest(end)).await
    }

    async fn seal_hours(&self, computer_ids: &[i64], before_ms: i64) -> Result<u64> {
        // One at a time, all the way: what is stored of a period must not change between reading and putting,
        // nor the rows.
        let _alone = self.sealing.lock().await;
        let mut sealed = Vec::new();
        for &id in computer_ids {
            sealed.extend(self.seal_next(id, before_ms, Length::Hour).await?);
        }
        self.put(&sealed).await
    }

    async fn seal_day(&self, computer_id: i64, before_ms: i64) -> Result<u64> {
        let _alone = self.sealing.lock().await;
        let sealed = self.seal_next(computer_id, before_ms, Length::Day).await?;
        self.put(sealed.as_slice()).await
    }

    async fn give_way(&self, before_ms: i64) -> Result<()> {
        let to = self.highest_before(before_ms).await?;
        self.unsealed.tell(|known| known.give_way(to));
        Ok(())
    }

    async fn sweep(&self, before_ms: i64, rows: u32) -> Result<bool> {
        let to = self.highest_before(before_ms).await?;
        let runs = self.rows(|known| known.sealed_runs(to, rows as usize));
        let runs = runs.await?;
        if runs.is_empty() {
            return Ok(false);
        }
        let mut transaction = self.begin().await?;
        delete(&mut transaction, &runs).await?;
        transaction.commit().await?;
        self.unsealed.tell(|known| known.deleted(&runs));
        Ok(true)
    }

    async fn oldest_hours(&self) -> Result<Vec<(i64, i64)>> {
        let rows = sqlx::query(HOURS).fetch_all(&self.readers).await?;
        let oldest = rows
            .iter()
            .filter_map(|row| row::integer(row, 0).zip(row::integer(row, 1)));
        Ok(oldest.collect())
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
        let rows = self.sealable(computer_id, day_ms, end_ms).await?;
        let taken = Taken::rows(&self.readers, computer_id, &rows).await?;
        self.keep_others(computer_id, &rows, &taken);
        let day = self.seal(computer_id, day_ms, Length::Day, taken).await?;
        let hours = day.replaced.len() as u64;
        self.put(&[day]).await?;
        Ok(hours)
    }

    async fn oldest_unmerged(&self, from_ms: i64) -> Result<Vec<(i64, i64)>> {
        let rows = sqlx::query(UNMERGED)
            .bind(from_ms)
            .fetch_all(&self.readers)
            .await?;
        let oldest = rows
            .iter()
            .filter_map(|row| row::integer(row, 0).zip(row::integer(row, 1)));
        Ok(oldest.collect())
    }

    async fn merge_month(&self, computer_id: i64, from_ms: i64, before_ms: i64) -> Result<u64> {
        months::merge(self, computer_id, from_ms, before_ms).await
    }
}

/// What is to be put.
struct Sealed {
    computer_id: i64,
    /// The rows that are in it.
    rows: Vec<Row>,
    /// The period; none where all of them were there before.
    set: Option<ChunkSet>,
    /// Periods in whose place it comes.
    replaced: Vec<Period>,
}

/// Deletes rows of which it is known that they are sealed.
pub(super) async fn delete(
    connection: &mut SqliteConnection,
    runs: &[(i64, i64)],
) -> sqlx::Result<()> {
    for (first, last) in runs {
        let run = sqlx::query(SWEEP).bind(first).bind(last);
        run.execute(&mut *connection).await?;
    }
    Ok(())
}

/// From when to when the hour or the day of a moment is.
fn period(moment_ms: i64, length: Length) -> (i64, i64) {
    let (start_ms, length_ms) = match length {
        Length::Hour => (hour_of(moment_ms), HOUR_MS),
        _ => (day_of(moment_ms), DAY_MS),
    };
    (start_ms, start_ms.saturating_add(length_ms))
}

impl SqliteStore {
    /// The oldest rows of one period of a computer, sealed but not put yet.
    async fn seal_next(
        &self,
        computer_id: i64,
        before_ms: i64,
        length: Length,
    ) -> Result<Option<Sealed>> {
        let mut from_ms = i64::MIN;
        loop {
            let rows = self
                .next_sealable(computer_id, (from_ms, before_ms), length)
                .await?;
            let Some(oldest) = rows.first() else {
                return Ok(None);
            };
            let (start_ms, end_ms) = period(oldest.moment_ms, length);
            let taken = Taken::rows(&self.readers, computer_id, &rows).await?;
            self.keep_others(computer_id, &rows, &taken);
            if !taken.is_empty() {
                let sealed = self.seal(computer_id, start_ms, length, taken).await?;
                return Ok(Some(sealed));
            }
            // Nothing in it but rows that only a script writes: they stay, and what follows is looked at.
            from_ms = end_ms;
        }
    }

    /// The oldest rows of a computer that can be sealed, those of one period.
    async fn next_sealable(
        &self,
        computer_id: i64,
        (from_ms, to_ms): (i64, i64),
        length: Length,
    ) -> Result<Vec<Row>> {
        self.rows(|rows| {
            let newest_ms = rows.ends(computer_id).map(|(_, last)| last.moment_ms);
            let to_ms = to_ms.min(newest_ms.unwrap_or(to_ms));
            let end = |moment_ms| period(moment_ms, length).1;
            rows.first_sealable(computer_id, (from_ms, to_ms), end)
        })
        .await
    }

    /// About where the rows that arrived before a moment end. Samples that were filled in lie among newer ones,
    /// and a script may have dated some otherwise: so it is the middle one of the last of them. What it leaves
    /// is behind the next moment that is asked for.
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

    /// The rows of a computer between two moments that can be sealed: its newest row never is.
    async fn sealable(&self, computer_id: i64, from_ms: i64, to_ms: i64) -> Result<Vec<Row>> {
        self.rows(|rows| {
            let newest_ms = rows.ends(computer_id).map(|(_, last)| last.moment_ms);
            rows.sealable(computer_id, from_ms, to_ms.min(newest_ms.unwrap_or(to_ms)))
        })
        .await
    }

    /// Notes which of these rows could not be taken: rows of a script, and those that are gone.
    fn keep_others(&self, computer_id: i64, rows: &[Row], taken: &Taken) {
        let taken = taken.known();
        let is_other = |row: &&Row| taken.binary_search(row).is_err();
        let others: Vec<i64> = rows.iter().filter(is_other).map(|row| row.id).collect();
        self.unsealed.tell(|rows| rows.keep(&others));
        if !others.is_empty() {
            tracing::debug!(computer = computer_id, "{} rows stay rows", others.len());
        }
    }

    /// Rows as part of their period, and of a day its hours too.
    async fn seal(
        &self,
        computer_id: i64,
        start_ms: i64,
        length: Length,
        taken: Taken,
    ) -> Result<Sealed> {
        self.name(&taken).await?;
        let rows = taken.known();
        let new = taken.into_block(&self.names);
        let mut snapshot = self.readers.begin().await?;
        let target = Target::read(&mut snapshot, computer_id, start_ms, length).await?;
        drop(snapshot);
        let (listed, replaced) = (target.listed, target.replaced());
        let set = blocking(computer_id, &listed, move || target.with(new)).await?;
        Ok(Sealed {
            computer_id,
            rows,
            set,
            replaced,
        })
    }

    /// Puts what was sealed, in one transaction; the answer is how many rows these were.
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
        self.unsealed.tell(|known| {
            let each = all.iter();
            each.for_each(|sealed| known.seal(sealed.computer_id, &sealed.rows));
        });
        Ok(all.iter().map(|sealed| sealed.rows.len() as u64).sum())
    }

    /// Gives names that are new their numbers.
    async fn name(&self, taken: &Taken) -> Result<()> {
        let unknown = taken.unknown(&self.names);
        if unknown.is_empty() {
            return Ok(());
        }
        let mut transaction = self.begin().await?;
        for name in unknown {
            Names::give(&mut transaction, name).await?;
        }
        transaction.commit().await?;
        Ok(self.names.refresh(&self.readers).await?)
    }
}
