//! How everybody learns that the server stops.

use tokio::sync::watch;

/// Done once the server stops.
pub async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // A server that is gone has stopped too.
    let _ = stopping.wait_for(|&stopping| stopping).await;
}
