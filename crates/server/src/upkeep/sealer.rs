//! Seals in the background: rows become chunks of an hour, hours become days, days become months. `muster_store::due`
//! decides when.

mod progress;

pub use progress::SealingProgress;

use crate::ops::clock;
use crate::upkeep::retention::RetentionTask;
use muster_store::due::{self, Due};
use muster_store::{SealCandidate, Store};
use progress::Progress;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

const LOOK_EVERY: Duration = Duration::from_secs(60);
const MERGE_EVERY: Duration = Duration::from_secs(3_600);
/// Pause between two periods, so that other writers get a turn.
const PAUSE: Duration = Duration::from_millis(2);
/// Rows per sweep.
const SWEEP_ROWS: u32 = 5_000;

/// Seals what is due.
pub struct Sealer {
    store: Arc<dyn Store>,
    retention: Arc<RetentionTask>,
    sealed: AtomicU64,
    progress: Progress,
    /// When hours were last merged into days, and days into months.
    merged: Mutex<Option<Instant>>,
}

impl Sealer {
    /// Creates a sealer. Months begin only after what retention is about to delete.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, retention: Arc<RetentionTask>) -> Self {
        Self {
            store,
            retention,
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

    /// The progress on a backlog; `None` if there is no more to do than usual.
    #[must_use]
    pub fn progress(&self) -> Option<SealingProgress> {
        self.progress.current()
    }

    /// Seals once a minute.
    pub async fn run_forever(&self) {
        loop {
            if let Err(error) = self.seal_due(clock::now_ms()).await {
                tracing::warn!(%error, "cannot seal old samples yet");
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Seals the rows that are due, and merges hours and days that are due.
    ///
    /// # Errors
    /// The database cannot be read or written; some samples may be sealed already.
    pub async fn seal_due(&self, now_ms: i64) -> muster_store::Result<()> {
        let oldest = self.store.seal_candidates().await?;
        let is_due = |oldest: &SealCandidate| Some((*oldest, due::due_rows(oldest, now_ms)?));
        let due: Vec<_> = oldest.iter().filter_map(is_due).collect();
        let ages = due
            .iter()
            .map(|(oldest, _): &(SealCandidate, _)| oldest.oldest_ms);
        self.progress.start(ages, now_ms);
        for (some, due) in group_due(&due) {
            self.seal_some(&some, due).await;
        }
        // After all rows of a period are sealed, so that free pages are next to each other.
        self.store
            .reuse_sealed_rows(due::reuse_before_ms(now_ms))
            .await?;
        while self
            .store
            .delete_sealed_rows(due::delete_sealed_before_ms(now_ms), SWEEP_ROWS)
            .await?
        {
            tokio::time::sleep(PAUSE).await;
        }
        let backlog = self.progress.current().is_some();
        let merged = if backlog || self.is_time_to_merge() {
            self.merge_due(now_ms).await
        } else {
            Ok(())
        };
        self.progress.finish();
        merged
    }

    /// With ten thousand computers, finding hours and days to merge takes a second.
    fn is_time_to_merge(&self) -> bool {
        let mut merged = self.merged.lock().unwrap_or_else(PoisonError::into_inner);
        let is_time = merged.is_none_or(|merged| merged.elapsed() >= MERGE_EVERY);
        if is_time {
            *merged = Some(Instant::now());
        }
        is_time
    }

    /// Seals computers together, or one by one if that fails, so that a damaged period blocks only its own computer.
    async fn seal_some(&self, ids: &[i64], due: Due) {
        if self.seal(ids, due).await.is_ok() {
            return;
        }
        for &id in ids {
            if let Err(error) = self.seal(&[id], due).await {
                tracing::error!(computer = id, %error, "cannot seal the old samples of this computer yet");
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
            self.progress.add_steps(1);
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
                tracing::error!(computer = id, %error, "cannot merge the hours of this computer yet");
            }
        }
        let Some(from_ms) = self.retention.kept_from_ms() else {
            return Ok(());
        };
        for (id, day_ms) in self.store.oldest_unmerged_days(from_ms).await? {
            let before_ms = due::months_before_ms(id, now_ms);
            if day_ms >= before_ms {
                continue;
            }
            if let Err(error) = self.merge_computer(id, from_ms, before_ms).await {
                tracing::error!(computer = id, %error, "cannot merge the days of this computer yet");
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
            self.progress.add_steps(days);
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// Groups computers for which the same is due: several for hours, one for days.
fn group_due(due: &[(SealCandidate, Due)]) -> Vec<(Vec<i64>, Due)> {
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
