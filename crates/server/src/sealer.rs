//! Sealing in the background: rows older than some hours become chunks, a computer and a day at a time.

use crate::clock;
use muster_store::Store;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

const HOUR_MS: i64 = 3_600_000;
/// What is younger stays rows, which any tool can read.
const KEEP_MS: i64 = 3 * HOUR_MS;
/// A computer whose oldest row is older is sealed: at the latest after 12 hours.
const DUE_MS: i64 = 12 * HOUR_MS;
/// Each computer is due up to this much sooner, so that they are not all due at once.
const SPREAD_MS: i64 = 3 * HOUR_MS;
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// Between two days: whoever else writes gets a turn.
const PAUSE: Duration = Duration::from_millis(2);
const TELL_EVERY: u64 = 1_000;
/// Pages of the file that are given back at once.
const PAGES: u32 = 500;

/// Seals, and counts.
pub struct Sealer {
    store: Arc<dyn Store>,
    sealed: AtomicU64,
}

impl Sealer {
    /// A sealer of that store.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            sealed: AtomicU64::new(0),
        }
    }

    /// Samples sealed since the start.
    #[must_use]
    pub fn sealed(&self) -> u64 {
        self.sealed.load(Ordering::Relaxed)
    }

    /// Seals what is due, for ever.
    pub async fn keep(&self) {
        loop {
            if let Err(error) = self.seal_due(clock::now_ms()).await {
                tracing::warn!(%error, "old samples stay rows for now");
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Seals what is due at that moment, and gives the room that it took back to the file system.
    ///
    /// # Errors
    /// What the database said; what was sealed until then is.
    pub async fn seal_due(&self, now_ms: i64) -> muster_store::Result<()> {
        let oldest = self.store.oldest_unsealed().await?;
        let due: Vec<i64> = oldest
            .iter()
            .filter(|&&(id, oldest_ms)| oldest_ms < now_ms - DUE_MS + early_ms(id))
            .map(|&(id, _)| id)
            .collect();
        let mut days = 0;
        for (number, &id) in due.iter().enumerate() {
            // One damaged day keeps neither the other days nor the other computers from being sealed.
            match self
                .seal_computer(id, now_ms - KEEP_MS, &mut days, (number + 1, due.len()))
                .await
            {
                Ok(()) => {}
                Err(error) => {
                    tracing::error!(computer = id, %error, "its old samples stay rows for now")
                }
            }
        }
        if days >= TELL_EVERY {
            tracing::info!(days, "sealed the old samples");
        }
        while self.store.give_back_space(PAGES).await? {
            tokio::time::sleep(PAUSE).await;
        }
        Ok(())
    }

    async fn seal_computer(
        &self,
        id: i64,
        before_ms: i64,
        days: &mut u64,
        (number, all): (usize, usize),
    ) -> muster_store::Result<()> {
        loop {
            let count = self.store.seal_day(id, before_ms).await?;
            if count == 0 {
                return Ok(());
            }
            self.sealed.fetch_add(count, Ordering::Relaxed);
            *days += 1;
            if days.is_multiple_of(TELL_EVERY) {
                tracing::info!(days, "sealing old samples: computer {number} of {all}");
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// How much sooner a computer is due, by its number.
fn early_ms(id: i64) -> i64 {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "a place in three hours"
    )]
    let early_ms = (crate::phase::phase(id) * SPREAD_MS as f64) as i64;
    early_ms
}
