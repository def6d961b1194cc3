//! Which computers are on the roll: what the database says, followed within a second whoever wrote it.

use crate::live::Live;
use crate::ops::clock;
use muster_store::{Computer, ComputerState, Store};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, watch};

const LOOK_EVERY: Duration = Duration::from_secs(1);
/// For so long a removed computer may be brought back, with its history.
pub const KEEP_REMOVED_MS: i64 = 7 * 86_400_000;

/// The computers that are called, as the database last said.
pub struct Roster {
    store: Arc<dyn Store>,
    live: Arc<Live>,
    revision: Mutex<Option<i64>>,
    computers: watch::Sender<Arc<Vec<Computer>>>,
}

impl Roster {
    /// A roster without computers, until it is first refreshed.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, live: Arc<Live>) -> Self {
        Self {
            store,
            live,
            revision: Mutex::new(None),
            computers: watch::Sender::new(Arc::default()),
        }
    }

    /// The computers, now and whenever they change.
    #[must_use]
    pub fn subscribe(&self) -> watch::Receiver<Arc<Vec<Computer>>> {
        self.computers.subscribe()
    }

    /// The computers, now.
    #[must_use]
    pub fn computers(&self) -> Arc<Vec<Computer>> {
        self.computers.borrow().clone()
    }

    /// Reads the computers again where they changed. Whoever changed them calls this before it answers,
    /// so that the next question is answered with the change.
    ///
    /// # Errors
    /// What the database said; the roster stays as it is.
    pub async fn refresh(&self) -> muster_store::Result<()> {
        let mut known = self.revision.lock().await;
        let revision = self.store.computers_revision().await?;
        if *known == Some(revision) {
            return Ok(());
        }
        let mut computers = self.store.computers().await?;
        self.live.follow(&computers);
        // What is known of them is in `live` from here on, and would only grow old beside it.
        let nothing = Arc::<ComputerState>::default();
        for computer in &mut computers {
            computer.state = nothing.clone();
        }
        let computers = Arc::new(computers);
        self.computers.send_replace(computers);
        *known = Some(revision);
        Ok(())
    }

    /// Follows what other programs write, and deletes what computers left that were removed long enough ago,
    /// slice by slice.
    pub async fn keep(&self) {
        let mut failing = false;
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let result = self.refresh().await;
            if let (Err(error), false) = (&result, failing) {
                tracing::error!(%error, "the list of computers cannot be read; going on with the last one");
            }
            failing = result.is_err();
            self.purge().await;
        }
    }

    /// Each slice is a transaction of its own, so that samples are stored in between.
    async fn purge(&self) {
        const ROWS: u32 = 2_000;
        const PAUSE: Duration = Duration::from_millis(20);
        loop {
            let before_ms = clock::now_ms() - KEEP_REMOVED_MS;
            match self.store.purge_removed(before_ms, ROWS).await {
                Ok(true) => tokio::time::sleep(PAUSE).await,
                Ok(false) => return,
                Err(error) => {
                    tracing::warn!(%error, "the history of a removed computer cannot be deleted yet");
                    return;
                }
            }
        }
    }
}
