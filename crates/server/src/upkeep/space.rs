//! Giving room back to the file system in the background, within seconds of its becoming free.

use muster_store::Store;
use std::sync::Arc;
use std::time::Duration;

const LOOK_EVERY: Duration = Duration::from_secs(5);
/// Between two slices: whoever writes gets a turn.
const PAUSE: Duration = Duration::from_millis(2);
/// Pages of one slice.
const PAGES: u32 = 500;

/// Of so large a database so much stays unused, for what is stored next, which would only make it grow again.
pub fn reserve_bytes(database_bytes: u64) -> u64 {
    const LEAST: u64 = 1 << 20;
    (database_bytes / 64).max(LEAST).min(database_bytes / 8)
}

/// Gives back, for ever.
pub async fn keep(store: Arc<dyn Store>) {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        if let Err(error) = give_back(store.as_ref()).await {
            tracing::warn!(%error, "unused room cannot be given back yet");
        }
    }
}

async fn give_back(store: &dyn Store) -> muster_store::Result<()> {
    let keep_bytes = reserve_bytes(store.size().await?.bytes);
    while store.give_back_space(keep_bytes, PAGES).await? {
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}
