//! Sealing in the background: rows older than some hours become chunks, a computer and a day at a time, and
//! days that are over become months.

mod progress;

pub use progress::Sealing;

use crate::clock;
use crate::retention::Keeper;
use muster_store::Store;
use progress::Progress;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// What is younger stays rows, which any tool can read.
const KEEP_MS: i64 = 3 * HOUR_MS;
/// A computer whose oldest row is older is sealed: at the latest after 12 hours.
const DUE_MS: i64 = 12 * HOUR_MS;
/// Each computer is due up to this much sooner, so that they are not all due at once.
const SPREAD_MS: i64 = 3 * HOUR_MS;
/// A month becomes one once it is over for so long, so that nothing is under way to it any more,
const MONTH_KEEP_MS: i64 = DAY_MS;
/// and each computer's up to this much later.
const MONTH_SPREAD_MS: i64 = 5 * DAY_MS;
const LOOK_EVERY: Duration = Duration::from_secs(60);
const MERGE_EVERY: Duration = Duration::from_secs(3_600);
/// Between two days: whoever else writes gets a turn.
const PAUSE: Duration = Duration::from_millis(2);

/// Seals, and counts.
pub struct Sealer {
    store: Arc<dyn Store>,
    keeper: Arc<Keeper>,
    sealed: AtomicU64,
    progress: Progress,
    /// When days were last looked through for months.
    merged: Mutex<Option<Instant>>,
}

impl Sealer {
    /// A sealer of that store; the keeper says from where on history will be there to stay.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, keeper: Arc<Keeper>) -> Self {
        Self {
            store,
            keeper,
            sealed: AtomicU64::new(0),
            progress: Progress::default(),
            merged: Mutex::default(),
        }
    }

    /// Samples sealed since the start.
    #[must_use]
    pub fn sealed(&self) -> u64 {
        self.sealed.load(Ordering::Relaxed)
    }

    /// How far it is, where there is more to do than each day brings.
    #[must_use]
    pub fn sealing(&self) -> Option<Sealing> {
        self.progress.sealing()
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

    /// Seals what is due at that moment, and makes months of the days that are.
    ///
    /// # Errors
    /// What the database said; what was sealed until then is.
    pub async fn seal_due(&self, now_ms: i64) -> muster_store::Result<()> {
        let oldest = self.store.oldest_unsealed().await?;
        let is_due =
            |&&(id, oldest_ms): &&(i64, i64)| oldest_ms < now_ms - DUE_MS + early_ms(id, SPREAD_MS);
        let due: Vec<_> = oldest.iter().filter(is_due).collect();
        self.progress
            .begin(due.iter().map(|&&(_, oldest_ms)| oldest_ms), now_ms);
        for &&(id, _) in &due {
            // One damaged day keeps neither the other days nor the other computers from being sealed.
            if let Err(error) = self.seal_computer(id, now_ms - KEEP_MS).await {
                tracing::error!(computer = id, %error, "its old samples stay rows for now");
            }
        }
        let backlog = self.progress.sealing().is_some();
        let merged = if backlog || self.is_time_to_merge() {
            self.merge_due(now_ms).await
        } else {
            Ok(())
        };
        self.progress.end();
        merged
    }

    /// To ask each computer for its days takes a second where there are ten thousand.
    fn is_time_to_merge(&self) -> bool {
        let mut merged = self.merged.lock().unwrap_or_else(PoisonError::into_inner);
        let is_time = merged.is_none_or(|merged| merged.elapsed() >= MERGE_EVERY);
        if is_time {
            *merged = Some(Instant::now());
        }
        is_time
    }

    async fn seal_computer(&self, id: i64, before_ms: i64) -> muster_store::Result<()> {
        loop {
            let count = self.store.seal_day(id, before_ms).await?;
            if count == 0 {
                return Ok(());
            }
            self.sealed.fetch_add(count, Ordering::Relaxed);
            self.progress.add(1);
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn merge_due(&self, now_ms: i64) -> muster_store::Result<()> {
        let Some(from_ms) = self.keeper.stays_from_ms() else {
            return Ok(());
        };
        for (id, day_ms) in self.store.oldest_unmerged(from_ms).await? {
            let before_ms = now_ms - MONTH_KEEP_MS - early_ms(id, MONTH_SPREAD_MS);
            if day_ms >= before_ms {
                continue;
            }
            if let Err(error) = self.merge_computer(id, from_ms, before_ms).await {
                tracing::error!(computer = id, %error, "its old days become no month for now");
            }
        }
        Ok(())
    }

    async fn merge_computer(
        &self,
        id: i64,
        from_ms: i64,
        before_ms: i64,
    ) -> muster_store::Result<()> {
        loop {
            let days = self.store.merge_month(id, from_ms, before_ms).await?;
            if days == 0 {
                return Ok(());
            }
            self.progress.add(days);
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// A place in a stretch of time, by the computer's number.
fn early_ms(id: i64, spread_ms: i64) -> i64 {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "a place in some days"
    )]
    let early_ms = (crate::phase::phase(id) * spread_ms as f64) as i64;
    early_ms
}
