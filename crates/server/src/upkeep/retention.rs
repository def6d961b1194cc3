//! Deletes samples that are too old, and the oldest ones if the database is too large.

mod trust;

use crate::config::StorageArgs;
use crate::ops::clock::{self, DAY_MS};
use crate::upkeep::server_problem::ServerProblem;
use crate::upkeep::space::spare_bytes;
use muster_store::Store;
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use trust::{ClockVerdict, Trust};

/// Finding the ends of 10,000 histories takes SQLite some 150 ms, too much for each minute.
const LOOK_EVERY: Duration = Duration::from_secs(600);
/// Pause between two slices, so that other writers get a turn.
const PAUSE: Duration = Duration::from_millis(5);
/// Samples per slice.
const ROWS: u32 = 2_000;
/// Below this percentage of the limit, the size no longer explains where the history begins.
const ROOMY_PERCENT: u64 = 80;
const SETTING: &str = "retention";

/// Deletes expired samples, and the oldest days while the database exceeds its size limit.
pub struct RetentionTask {
    store: Arc<dyn Store>,
    retain_ms: i64,
    max_bytes: Option<u64>,
    published: Mutex<Published>,
}

/// What is stored in the database.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Known {
    trust: Trust,
    /// Where the history begins because of the size limit.
    cut_ms: Option<i64>,
}

/// Results of the last run, for other tasks and the API.
#[derive(Default)]
struct Published {
    paused: Option<ServerProblem>,
    size: Option<ServerProblem>,
    kept_from_ms: Option<i64>,
    trusted_now_ms: Option<i64>,
}

impl RetentionTask {
    /// Creates the task with the limits of the configuration.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, limits: &StorageArgs) -> Self {
        Self {
            store,
            retain_ms: limits.retain_ms,
            max_bytes: limits.max_database_bytes,
            published: Mutex::default(),
        }
    }

    /// How long samples are kept, in milliseconds.
    #[must_use]
    pub fn retain_ms(&self) -> i64 {
        self.retain_ms
    }

    /// The size limit of the database, in bytes.
    #[must_use]
    pub fn max_bytes(&self) -> Option<u64> {
        self.max_bytes
    }

    /// A problem that the operator should know about.
    #[must_use]
    pub fn problem(&self) -> Option<ServerProblem> {
        let published = self.published();
        published.paused.clone().or_else(|| published.size.clone())
    }

    /// Samples from this time on will not be deleted soon. Unknown until the first run.
    #[must_use]
    pub fn kept_from_ms(&self) -> Option<i64> {
        self.published().kept_from_ms
    }

    /// The newest time at which the clock is trusted. Unknown until the first run, and while the clock is not
    /// trusted.
    #[must_use]
    pub fn trusted_now_ms(&self) -> Option<i64> {
        self.published().trusted_now_ms
    }

    /// Runs every ten minutes.
    pub async fn run_forever(&self) {
        loop {
            if let Err(error) = self.delete_expired(clock::now_ms()).await {
                tracing::warn!(%error, "cannot delete old samples yet");
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Deletes what is too old or too much.
    ///
    /// # Errors
    /// The database cannot be read or written; some samples may be deleted already.
    pub async fn delete_expired(&self, now_ms: i64) -> muster_store::Result<()> {
        let Some(span) = self.store.whole_span().await? else {
            return Ok(());
        };
        let before = self.known().await?;
        let mut known = before.unwrap_or_default();
        let verdict = known.trust.assess(span.last_ms, now_ms);
        // Stored before anything is deleted, so that a crash cannot make the server forget that the clock jumped.
        self.store_known(before, known).await?;
        self.publish_pause(verdict);
        let ClockVerdict::CountFrom(newest_ms) = verdict else {
            self.published().trusted_now_ms = None;
            return Ok(());
        };
        self.published().trusted_now_ms = Some(newest_ms);
        let too_old = self
            .delete_before(newest_ms.saturating_sub(self.retain_ms))
            .await?;
        if too_old > 0 {
            tracing::info!(samples = too_old, "deleted samples older than --retain");
        }
        let fitted = self.shrink_to_limit(known.cut_ms, newest_ms).await?;
        self.store_known(
            Some(known),
            Known {
                cut_ms: fitted,
                ..known
            },
        )
        .await?;
        let kept_from_ms = newest_ms.saturating_sub(self.retain_ms);
        let kept_from_ms = kept_from_ms.max(fitted.unwrap_or(i64::MIN));
        self.published().kept_from_ms = Some(kept_from_ms);
        Ok(())
    }

    /// Enforces the size limit, and returns where the history begins because of it.
    async fn shrink_to_limit(
        &self,
        cut_ms: Option<i64>,
        newest_ms: i64,
    ) -> muster_store::Result<Option<i64>> {
        let Some(max_bytes) = self.max_bytes else {
            self.published().size = None;
            return Ok(None);
        };
        // The spare pages in the file count towards the limit.
        let max_bytes = max_bytes - spare_bytes(max_bytes);
        let roomy = self.used_bytes().await? < max_bytes / 100 * ROOMY_PERCENT;
        let cut_ms = if roomy { None } else { cut_ms };
        let new_cut_ms = self.shrink(max_bytes, newest_ms).await?;
        if let Some(new_cut_ms) = new_cut_ms {
            tracing::warn!(
                before = %clock::to_second(new_cut_ms),
                "deleted the oldest samples to keep the database within --max-database-size"
            );
        }
        let cut_ms = new_cut_ms.or(cut_ms);
        self.publish_size(cut_ms, self.used_bytes().await? <= max_bytes);
        Ok(cut_ms)
    }

    /// Deletes the oldest day of all computers until the rest fits. The newest day is always kept, so that a limit
    /// that is too small does not delete everything.
    async fn shrink(&self, max_bytes: u64, newest_ms: i64) -> muster_store::Result<Option<i64>> {
        let mut cut_ms = None;
        while self.used_bytes().await? > max_bytes {
            let Some(span) = self.store.whole_span().await? else {
                break;
            };
            let next_day_ms = (span.first_ms.div_euclid(DAY_MS) + 1).saturating_mul(DAY_MS);
            let before_ms = next_day_ms.min(newest_ms.saturating_sub(DAY_MS));
            if self.delete_before(before_ms).await? == 0 {
                break;
            }
            cut_ms = Some(before_ms);
        }
        Ok(cut_ms)
    }

    /// Free pages do not count: they are used before the file grows.
    async fn used_bytes(&self) -> muster_store::Result<u64> {
        let size = self.store.size().await?;
        Ok(size.bytes.saturating_sub(size.unused_bytes))
    }

    async fn delete_before(&self, before_ms: i64) -> muster_store::Result<u64> {
        let mut deleted = 0;
        for id in self.store.computers_with_samples_before(before_ms).await? {
            loop {
                let count = self.store.delete_before(id, before_ms, ROWS).await?;
                if count == 0 {
                    break;
                }
                deleted += count;
                tokio::time::sleep(PAUSE).await;
            }
        }
        Ok(deleted)
    }

    async fn known(&self) -> muster_store::Result<Option<Known>> {
        let kept = self.store.setting(SETTING).await?;
        // An unreadable setting counts as missing: the first run then trusts the newest sample.
        Ok(kept.and_then(|kept| serde_json::from_slice(&kept).ok()))
    }

    async fn store_known(&self, before: Option<Known>, known: Known) -> muster_store::Result<()> {
        if before == Some(known) {
            return Ok(());
        }
        let kept = serde_json::to_vec(&known).unwrap_or_default();
        self.store.set_setting(SETTING, &kept).await
    }

    fn publish_pause(&self, verdict: ClockVerdict) {
        let paused = match verdict {
            ClockVerdict::CountFrom(_) => None,
            ClockVerdict::Paused {
                trusted_ms,
                newest_ms,
            } => Some((trusted_ms, newest_ms)),
        };
        let mut published = self.published();
        match (paused, published.paused.is_some()) {
            (Some((trusted_ms, newest_ms)), false) => {
                let problem = ServerProblem::ClockJumped {
                    from_ms: trusted_ms,
                    to_ms: newest_ms,
                };
                tracing::warn!("{problem}");
                published.paused = Some(problem);
            }
            (None, true) => {
                tracing::info!("deleting old samples again");
                published.paused = None;
            }
            _ => {}
        }
    }

    fn publish_size(&self, cut_ms: Option<i64>, fits: bool) {
        let problem = if fits {
            cut_ms.map(|from_ms| ServerProblem::HistoryCut { from_ms })
        } else {
            Some(ServerProblem::DatabaseTooLarge)
        };
        let mut published = self.published();
        if let (false, Some(problem)) = (fits || published.size == problem, &problem) {
            tracing::warn!("{problem}");
        }
        published.size = problem;
    }

    fn published(&self) -> MutexGuard<'_, Published> {
        self.published
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
