//! The size of the file, and the free space around it.

use super::{SqliteStore, connect};
use crate::{Disk, Result, Size, Storage};
use async_trait::async_trait;
use sqlx::{AssertSqlSafe, SqliteConnection};
use std::path::Path;

/// The pages of the file, the free ones, and the size of a page, from one snapshot.
const SIZE: &str = "SELECT page_count, freelist_count, page_size \
    FROM pragma_page_count, pragma_freelist_count, pragma_page_size";

const UNUSED: &str =
    "SELECT freelist_count * page_size FROM pragma_freelist_count, pragma_page_size";

#[async_trait]
impl Storage for SqliteStore {
    async fn size(&self) -> Result<Size> {
        let (pages, unused, page_bytes): (i64, i64, i64) =
            sqlx::query_as(SIZE).fetch_one(&self.readers).await?;
        let bytes = |pages: i64| pages.saturating_mul(page_bytes).unsigned_abs();
        Ok(Size {
            bytes: bytes(pages),
            unused_bytes: bytes(unused),
        })
    }

    async fn give_back_space(&self, keep_bytes: u64, pages: u32) -> Result<bool> {
        let mut writer = self.writer.acquire().await?;
        let before = unused_bytes(&mut writer).await?;
        if before <= keep_bytes {
            return Ok(false);
        }
        let vacuum = AssertSqlSafe(format!("PRAGMA incremental_vacuum({pages})"));
        // Each fetched row returns one page.
        sqlx::query(vacuum).fetch_all(&mut *writer).await?;
        let after = unused_bytes(&mut writer).await?;
        // A file without incremental vacuum keeps its pages.
        let more = after > keep_bytes && after < before;
        if !more {
            fold_log(&mut writer).await?;
        }
        Ok(more)
    }

    async fn disk(&self) -> Option<Disk> {
        let path = self.path.clone();
        // A network file system may block.
        let asked = tokio::task::spawn_blocking(move || Disk::containing(&path)).await;
        asked.ok()?.ok()
    }

    async fn copy_to(&self, target: &Path) -> Result<()> {
        self.backup(target).await.map(|_| ())
    }
}

async fn unused_bytes(connection: &mut SqliteConnection) -> sqlx::Result<u64> {
    let unused: i64 = sqlx::query_scalar(UNUSED).fetch_one(connection).await?;
    Ok(unused.unsigned_abs())
}

/// Writes the log back and truncates it, which shrinks the file. If a long read prevents it, the next call does it.
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
