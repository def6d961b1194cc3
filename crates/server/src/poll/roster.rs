//! The roster: the computers in the database. It follows every change within a second.

use crate::live::Live;
use crate::ops::clock;
use muster_store::{Computer, ComputerState, Store};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, watch};

const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long a removed computer can be restored, with its history.
pub const KEEP_REMOVED_MS: i64 = 7 * clock::DAY_MS;

/// The computers as last read from the database.
pub struct Roster {
    store: Arc<dyn Store>,
    live: Arc<Live>,
    revision: Mutex<Option<i64>>,
    computers: watch::Sender<Arc<Vec<Computer>>>,
}

impl Roster {
    /// Creates an empty roster; `refresh` fills it.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, live: Arc<Live>) -> Self {
        Self {
            store,
            live,
            revision: Mutex::new(None),
            computers: watch::Sender::new(Arc::default()),
        }
    }

    /// A receiver of the computers, notified of every change.
    #[must_use]
    pub fn subscribe(&self) -> watch::Receiver<Arc<Vec<Computer>>> {
        self.computers.subscribe()
    }

    /// The current computers.
    #[must_use]
    pub fn computers(&self) -> Arc<Vec<Computer>> {
        self.computers.borrow().clone()
    }

    /// Reads the computers again if they changed. A handler that changes computers calls this before it answers, so
    /// that the next request sees the change.
    ///
    /// # Errors
    /// The database cannot be read; the roster stays as it is.
    pub async fn refresh(&self) -> muster_store::Result<()> {
        let mut known = self.revision.lock().await;
        let revision = self.store.computers_revision().await?;
        if *known == Some(revision) {
            return Ok(());
        }
        let mut computers = self.store.computers().await?;
        self.live.apply_roster(&computers);
        // From here on `Live` has the current state; a copy here would only become outdated.
        let nothing = Arc::<ComputerState>::default();
        for computer in &mut computers {
            computer.state = nothing.clone();
        }
        let computers = Arc::new(computers);
        self.computers.send_replace(computers);
        *known = Some(revision);
        Ok(())
    }

    /// Follows changes made by other commands of `muster`, and deletes the history of computers that can no longer be
    /// restored.
    pub async fn run_forever(&self) {
        let mut failing = false;
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let result = self.refresh().await;
            if let (Err(error), false) = (&result, failing) {
                tracing::error!(%error, "cannot read the list of computers; keeping the last one");
            }
            failing = result.is_err();
            self.purge().await;
        }
    }

    /// Deletes in small transactions, so that samples can be stored in between.
    async fn purge(&self) {
        const ROWS: u32 = 2_000;
        const PAUSE: Duration = Duration::from_millis(20);
        loop {
            let before_ms = clock::now_ms() - KEEP_REMOVED_MS;
            match self.store.purge_removed(before_ms, ROWS).await {
                Ok(true) => tokio::time::sleep(PAUSE).await,
                Ok(false) => return,
                Err(error) => {
                    tracing::warn!(%error, "cannot delete the history of a removed computer yet");
                    return;
                }
            }
        }
    }
}
