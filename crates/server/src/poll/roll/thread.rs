//! The roll's own thread, with a runtime of its own.
//!
//! A call waits for its agent nearly all the time, and works for some ten microseconds: handing it from one thread to
//! another, as a runtime of many threads does, costs more than that. And what people ask for never stands before it.

use super::Roll;
use crate::ops::shutdown::stopped;
use anyhow::Context as _;
use muster_store::Computer;
use std::sync::Arc;
use tokio::sync::{oneshot, watch};

/// A roll that is being called.
pub struct RollThread {
    ended: oneshot::Receiver<()>,
}

impl RollThread {
    /// Calls until the server stops.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn begin(
        roll: Roll,
        roster: watch::Receiver<Arc<Vec<Computer>>>,
        mut stopping: watch::Receiver<bool>,
    ) -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .context("the roll gets no runtime")?;
        let (ending, ended) = oneshot::channel();
        let call = move || {
            runtime.block_on(async {
                tokio::select! {
                    () = roll.call(roster) => {}
                    () = stopped(&mut stopping) => {}
                }
            });
            // A name that the resolver still ponders keeps nobody from stopping.
            runtime.shutdown_background();
            let _ = ending.send(());
        };
        std::thread::Builder::new()
            .name("roll".into())
            .spawn(call)
            .context("the roll gets no thread")?;
        Ok(Self { ended })
    }

    /// Waits until the last call ended, after the server was told to stop.
    pub async fn end(self) {
        let _ = self.ended.await;
    }
}
