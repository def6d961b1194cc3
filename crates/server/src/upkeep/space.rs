//! Returns freed space to the file system within seconds.

use muster_store::Store;
use std::sync::Arc;
use std::time::Duration;

const LOOK_EVERY: Duration = Duration::from_secs(5);
/// Pause between two slices, so that writers get a turn.
const PAUSE: Duration = Duration::from_millis(2);
/// Pages per slice.
const PAGES: u32 = 500;

/// How much of the file stays unused: new samples would otherwise make it grow again right away.
pub fn spare_bytes(database_bytes: u64) -> u64 {
    const LEAST: u64 = 1 << 20;
    (database_bytes / 64).max(LEAST).min(database_bytes / 8)
}

/// Checks for unused space every 5 seconds.
pub async fn run_forever(store: Arc<dyn Store>) {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        if let Err(error) = release_unused_space(store.as_ref()).await {
            tracing::warn!(%error, "cannot return unused space to the file system yet");
        }
    }
}

async fn release_unused_space(store: &dyn Store) -> muster_store::Result<()> {
    let keep_bytes = spare_bytes(store.size().await?.bytes);
    while store.give_back_space(keep_bytes, PAGES).await? {
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}
