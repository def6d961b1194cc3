//! Lets tasks notice that the server stops.

use tokio::sync::watch;

/// Waits until the server stops.
pub async fn wait_for_stop(stopping: &mut watch::Receiver<bool>) {
    // If the sender was dropped, the server has stopped too.
    let _ = stopping.wait_for(|&stopping| stopping).await;
}
