//! The thread of the roll, with its own single-threaded runtime.
//!
//! A poll mostly waits for its agent and uses some ten microseconds of CPU; moving it between the threads of a shared
//! runtime would cost more than that. HTTP requests also cannot delay it.

use super::Roll;
use crate::ops::shutdown::wait_for_stop;
use anyhow::Context as _;
use muster_store::Computer;
use std::sync::Arc;
use tokio::sync::{oneshot, watch};

/// The running roll.
pub struct RollThread {
    ended: oneshot::Receiver<()>,
}

impl RollThread {
    /// Runs the roll until the server stops.
    ///
    /// # Errors
    /// The system cannot start a thread.
    pub fn spawn(
        roll: Roll,
        roster: watch::Receiver<Arc<Vec<Computer>>>,
        mut stopping: watch::Receiver<bool>,
    ) -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .context("cannot create the runtime of the roll")?;
        let (ending, ended) = oneshot::channel();
        let call = move || {
            runtime.block_on(async {
                tokio::select! {
                    () = roll.run_forever(roster) => {}
                    () = wait_for_stop(&mut stopping) => {}
                }
            });
            // Does not wait for name lookups in progress.
            runtime.shutdown_background();
            let _ = ending.send(());
        };
        std::thread::Builder::new()
            .name("roll".into())
            .spawn(call)
            .context("cannot start the thread of the roll")?;
        Ok(Self { ended })
    }

    /// Waits until the roll has stopped, once the server stops.
    pub async fn wait_until_stopped(self) {
        let _ = self.ended.await;
    }
}
