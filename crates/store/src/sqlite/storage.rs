//! The room that the file takes, and the room around it.

use super::SqliteStore;
use crate::{Disk, Result, Size, Storage};
use async_trait::async_trait;
use std::path::Path;

/// All three of one moment: the pages of the file, those of them that hold nothing, and bytes of a page.
const SIZE: &str = "SELECT page_count, freelist_count, page_size \
    FROM pragma_page_count, pragma_freelist_count, pragma_page_size";

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

    async fn disk(&self) -> Option<Disk> {
        let path = self.path.clone();
        // A network's file system may take its time.
        let asked = tokio::task::spawn_blocking(move || Disk::of(&path)).await;
        asked.ok()?.ok()
    }

    async fn copy_to(&self, target: &Path) -> Result<()> {
        self.backup(target).await.map(|_| ())
    }
}
