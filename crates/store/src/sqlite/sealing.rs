//! Rows become chunks.

use super::sealed::{self, DAY_MS, Taken, day_of};
use super::{SqliteStore, connect, row};
use crate::{Result, Sealing};
use async_trait::async_trait;
use sqlx::{AssertSqlSafe, SqliteConnection};

/// The oldest and the newest row of each computer.
pub(super) const ENDS: &str = "SELECT id, \
        (SELECT min(timestamp_ms) FROM stats WHERE computer_id = c.id AND timestamp_ms IS NOT NULL), \
        (SELECT max(timestamp_ms) FROM stats WHERE computer_id = c.id AND timestamp_ms IS NOT NULL) \
    FROM computers c WHERE removed_ms IS NULL";

/// The oldest row from a moment on, and the newest of all.
pub(super) const NEXT: &str = "SELECT \
        (SELECT min(timestamp_ms) FROM stats WHERE computer_id = ?1 AND timestamp_ms >= ?2), \
        (SELECT max(timestamp_ms) FROM stats WHERE computer_id = ?1 AND timestamp_ms IS NOT NULL)";

#[async_trait]
impl Sealing for SqliteStore {
    async fn oldest_unsealed(&self) -> Result<Vec<(i64, i64)>> {
        let rows = sqlx::query(ENDS).fetch_all(&self.readers).await?;
        let ends = rows.iter().filter_map(|row| {
            let oldest_ms = row::integer(row, 1)?;
            // The only row of a computer is its newest.
            (Some(oldest_ms) != row::integer(row, 2)).then_some((row::integer(row, 0)?, oldest_ms))
        });
        Ok(ends.collect())
    }

    async fn seal_day(&self, computer_id: i64, before_ms: i64) -> Result<u64> {
        let mut from_ms = i64::MIN;
        loop {
            let row = sqlx::query(NEXT)
                .bind(computer_id)
                .bind(from_ms)
                .fetch_one(&self.readers)
                .await?;
            let (Some(oldest_ms), Some(newest_ms)) = (row::integer(&row, 0), row::integer(&row, 1))
            else {
                return Ok(0);
            };
            let before_ms = before_ms.min(newest_ms);
            if oldest_ms >= before_ms {
                return Ok(0);
            }
            let day_ms = day_of(oldest_ms);
            let end_ms = before_ms.min(day_ms.saturating_add(DAY_MS));
            let taken = Taken::rows(&self.readers, computer_id, day_ms, end_ms).await?;
            if !taken.is_empty() {
                return self.seal(computer_id, day_ms, taken).await;
            }
            // Nothing in this day but rows that only a script writes: they stay, and the next day is looked at.
            from_ms = day_ms.saturating_add(DAY_MS);
        }
    }

    async fn give_back_space(&self, pages: u32) -> Result<bool> {
        let mut writer = self.writer.acquire().await?;
        let before = unused_pages(&mut writer).await?;
        if before == 0 {
            return Ok(false);
        }
        let vacuum = AssertSqlSafe(format!("PRAGMA incremental_vacuum({pages})"));
        // It gives back a page for each row that is asked of it.
        sqlx::query(vacuum).fetch_all(&mut *writer).await?;
        let after = unused_pages(&mut writer).await?;
        // A file that was not made to shrink keeps its pages for what comes.
        let more = after > 0 && after < before;
        if !more {
            fold_log(&mut writer).await?;
        }
        Ok(more)
    }
}

async fn unused_pages(connection: &mut SqliteConnection) -> sqlx::Result<i64> {
    sqlx::query_scalar("PRAGMA freelist_count")
        .fetch_one(connection)
        .await
}

/// What was given back leaves the file once the log is folded in, and the log is cut down with it. Where
/// somebody reads for long, the next time will do: nobody waits for it.
async fn fold_log(connection: &mut SqliteConnection) -> sqlx::Result<()> {
    for pragma in [
        "PRAGMA busy_timeout = 50",
        "PRAGMA wal_checkpoint(TRUNCATE)",
        connect::RESTORE_BUSY_TIMEOUT,
    ] {
        sqlx::query(pragma).fetch_all(&mut *connection).await?;
    }
    Ok(())
}

impl SqliteStore {
    async fn seal(&self, computer_id: i64, day_ms: i64, taken: Taken) -> Result<u64> {
        // One at a time: what is stored of the day must not change between reading and putting.
        let _alone = self.sealing.lock().await;
        let (new, stored) = {
            let mut transaction = self.begin().await?;
            let new = taken.day(&mut transaction, &self.names).await?;
            let stored = sealed::stored(&mut transaction, computer_id, day_ms).await?;
            transaction.commit().await?;
            (new, stored)
        };
        self.names.refresh(&self.readers).await?;
        let (day, chunks) = sealed::merged(new, stored, (computer_id, day_ms)).await?;
        let mut transaction = self.begin().await?;
        sealed::put(&mut transaction, computer_id, day_ms, &day, chunks).await?;
        if !taken.delete(&mut transaction).await? {
            // Removed meanwhile, and partly deleted: nothing is sealed, nothing is lost.
            transaction.rollback().await?;
            return Ok(0);
        }
        transaction.commit().await?;
        Ok(taken.len() as u64)
    }
}
