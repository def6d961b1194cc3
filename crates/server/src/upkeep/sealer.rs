//! Sealing in the background: rows become chunks, those of a computer and an hour at a time; hours that are over
//! become days, and days months. `muster_store::due` says when.

mod progress;

pub use progress::Sealing;

use crate::ops::clock;
use crate::upkeep::retention::Keeper;
use muster_store::due::{self, Due};
use muster_store::{SealCandidate, Store};
use progress::Progress;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

const LOOK_EVERY: Duration = Duration::from_secs(60);
const MERGE_EVERY: Duration = Duration::from_secs(3_600);
/// Between two periods: whoever else writes gets a turn.
const PAUSE: Duration = Duration::from_millis(2);
/// Rows that are swept at once.
const SWEPT: u32 = 5_000;

/// Seals, and counts.
pub struct Sealer {
    store: Arc<dyn Store>,
    keeper: Arc<Keeper>,
    sealed: AtomicU64,
    progress: Progress,
    /// When hours were last looked through for days, and days for months.
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

    /// Seals what is due at that moment, and makes days and months of what is due to be.
    ///
    /// # Errors
    /// What the database said; what was sealed until then is.
    pub async fn seal_due(&self, now_ms: i64) -> muster_store::Result<()> {
        let oldest = self.store.seal_candidates().await?;
        let is_due = |oldest: &SealCandidate| Some((*oldest, due::due_rows(oldest, now_ms)?));
        let due: Vec<_> = oldest.iter().filter_map(is_due).collect();
        let ages = due
            .iter()
            .map(|(oldest, _): &(SealCandidate, _)| oldest.oldest_ms);
        self.progress.begin(ages, now_ms);
        for (some, due) in together(&due) {
            self.seal_some(&some, due).await;
        }
        // Once all of a time are sealed, so that they lie side by side.
        self.store
            .reuse_sealed_rows(due::reuse_before_ms(now_ms))
            .await?;
        while self
            .store
            .delete_sealed_rows(due::delete_sealed_before_ms(now_ms), SWEPT)
            .await?
        {
            tokio::time::sleep(PAUSE).await;
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

    /// To ask each computer for its hours and its days takes a second where there are ten thousand.
    fn is_time_to_merge(&self) -> bool {
        let mut merged = self.merged.lock().unwrap_or_else(PoisonError::into_inner);
        let is_time = merged.is_none_or(|merged| merged.elapsed() >= MERGE_EVERY);
        if is_time {
            *merged = Some(Instant::now());
        }
        is_time
    }

    /// One damaged period keeps neither the others nor the other computers from being sealed.
    async fn seal_some(&self, ids: &[i64], due: Due) {
        if self.seal(ids, due).await.is_ok() {
            return;
        }
        for &id in ids {
            if let Err(error) = self.seal(&[id], due).await {
                tracing::error!(computer = id, %error, "its old samples stay rows for now");
            }
        }
    }

    async fn seal(&self, ids: &[i64], due: Due) -> muster_store::Result<()> {
        loop {
            let count = match (due, ids) {
                (Due::Hours(before_ms), _) => self.store.seal_hours(ids, before_ms).await?,
                (Due::Days(before_ms), [id]) => self.store.seal_day(*id, before_ms).await?,
                (Due::Days(_), _) => 0,
            };
            if count == 0 {
                return Ok(());
            }
            self.sealed.fetch_add(count, Ordering::Relaxed);
            self.progress.add(1);
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn merge_due(&self, now_ms: i64) -> muster_store::Result<()> {
        for (id, hour_ms) in self.store.oldest_unmerged_hours().await? {
            let before_ms = due::days_before_ms(id, now_ms);
            if hour_ms >= before_ms {
                continue;
            }
            if let Err(error) = self.merge_hours(id, before_ms).await {
                tracing::error!(computer = id, %error, "its old hours become no day for now");
            }
        }
        let Some(from_ms) = self.keeper.stays_from_ms() else {
            return Ok(());
        };
        for (id, day_ms) in self.store.oldest_unmerged_days(from_ms).await? {
            let before_ms = due::months_before_ms(id, now_ms);
            if day_ms >= before_ms {
                continue;
            }
            if let Err(error) = self.merge_computer(id, from_ms, before_ms).await {
                tracing::error!(computer = id, %error, "its old days become no month for now");
            }
        }
        Ok(())
    }

    async fn merge_hours(&self, id: i64, before_ms: i64) -> muster_store::Result<()> {
        while self.store.merge_day(id, before_ms).await? > 0 {
            tokio::time::sleep(PAUSE).await;
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

/// Computers of which the same is due: hours of some at once, days of one at a time.
fn together(due: &[(SealCandidate, Due)]) -> Vec<(Vec<i64>, Due)> {
    let mut all: Vec<(Vec<i64>, Due)> = Vec::new();
    for &(oldest, due) in due {
        match all.last_mut() {
            Some((ids, same @ Due::Hours(_))) if *same == due && ids.len() < due::MAX_TOGETHER => {
                ids.push(oldest.computer_id);
            }
            _ => all.push((vec![oldest.computer_id], due)),
        }
    }
    all
}
