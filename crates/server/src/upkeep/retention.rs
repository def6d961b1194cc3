//! Deleting in the background what is too old, or too much.

mod trust;

use crate::config::StorageArgs;
use crate::ops::clock;
use crate::upkeep::server_problem::ServerProblem;
use crate::upkeep::space::reserve_bytes;
use muster_store::Store;
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use trust::{DAY_MS, Trust, Verdict};

/// To ask after the ends of 10,000 histories takes SQLite some 150 ms, so not each minute.
const LOOK_EVERY: Duration = Duration::from_secs(600);
/// Between two slices: whoever else writes gets a turn.
const PAUSE: Duration = Duration::from_millis(5);
/// Samples of one slice.
const ROWS: u32 = 2_000;
/// Below so many per cent of the largest size, the size no longer says how much history there is.
const ROOMY_PERCENT: u64 = 80;
const SETTING: &str = "retention";

/// Deletes what is too old, and the oldest of what is too much.
pub struct Keeper {
    store: Arc<dyn Store>,
    retain_ms: i64,
    max_bytes: Option<u64>,
    told: Mutex<Told>,
}

/// What outlives a restart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Known {
    trust: Trust,
    /// Where the history begins since the room ended there.
    cut_ms: Option<i64>,
}

/// What others are told.
#[derive(Default)]
struct Told {
    paused: Option<ServerProblem>,
    size: Option<ServerProblem>,
    stays_from_ms: Option<i64>,
    believed_ms: Option<i64>,
}

impl Keeper {
    /// A keeper of that store.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, limits: &StorageArgs) -> Self {
        Self {
            store,
            retain_ms: limits.retain_ms,
            max_bytes: limits.max_database_bytes,
            told: Mutex::default(),
        }
    }

    /// How long samples are kept, in milliseconds.
    #[must_use]
    pub fn retain_ms(&self) -> i64 {
        self.retain_ms
    }

    /// How large the database may be, in bytes.
    #[must_use]
    pub fn max_bytes(&self) -> Option<u64> {
        self.max_bytes
    }

    /// What an operator should know.
    #[must_use]
    pub fn problem(&self) -> Option<ServerProblem> {
        let told = self.told();
        told.paused.clone().or_else(|| told.size.clone())
    }

    /// No sample from this moment on will be deleted soon; unknown until the first look.
    #[must_use]
    pub fn stays_from_ms(&self) -> Option<i64> {
        self.told().stays_from_ms
    }

    /// The newest moment of which it is believed that the clock was right; unknown until the first look, and
    /// while the clock is not believed.
    #[must_use]
    pub fn believed_ms(&self) -> Option<i64> {
        self.told().believed_ms
    }

    /// Looks each ten minutes, for ever.
    pub async fn keep(&self) {
        loop {
            if let Err(error) = self.look(clock::now_ms()).await {
                tracing::warn!(%error, "old samples cannot be deleted yet");
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Deletes what is too old or too much at that moment.
    ///
    /// # Errors
    /// What the database said; what was deleted until then is.
    pub async fn look(&self, now_ms: i64) -> muster_store::Result<()> {
        let Some(span) = self.store.whole_span().await? else {
            return Ok(());
        };
        let before = self.known().await?;
        let mut known = before.unwrap_or_default();
        let verdict = known.trust.look(span.last_ms, now_ms);
        // Kept before anything is deleted: who is killed meanwhile must not forget that the clock jumped.
        self.keep_known(before, known).await?;
        self.tell_paused(verdict);
        let Verdict::CountFrom(newest_ms) = verdict else {
            self.told().believed_ms = None;
            return Ok(());
        };
        self.told().believed_ms = Some(newest_ms);
        let too_old = self
            .forget_before(newest_ms.saturating_sub(self.retain_ms))
            .await?;
        if too_old > 0 {
            tracing::info!(
                samples = too_old,
                "deleted samples that were older than --retain allows"
            );
        }
        let fitted = self.fit(known.cut_ms, newest_ms).await?;
        self.keep_known(
            Some(known),
            Known {
                cut_ms: fitted,
                ..known
            },
        )
        .await?;
        let stays_from_ms = newest_ms.saturating_sub(self.retain_ms);
        let stays_from_ms = stays_from_ms.max(fitted.unwrap_or(i64::MIN));
        self.told().stays_from_ms = Some(stays_from_ms);
        Ok(())
    }

    /// Makes it fit, and answers where the history begins since.
    async fn fit(&self, cut_ms: Option<i64>, newest_ms: i64) -> muster_store::Result<Option<i64>> {
        let Some(max_bytes) = self.max_bytes else {
            self.told().size = None;
            return Ok(None);
        };
        // What stays unused in the file counts.
        let max_bytes = max_bytes - reserve_bytes(max_bytes);
        let roomy = self.used_bytes().await? < max_bytes / 100 * ROOMY_PERCENT;
        let cut_ms = if roomy { None } else { cut_ms };
        let new_cut_ms = self.shrink(max_bytes, newest_ms).await?;
        if let Some(new_cut_ms) = new_cut_ms {
            tracing::warn!(
                "deleted the samples before {} (UTC), so that the database fits into --max-database-size",
                clock::to_second(new_cut_ms)
            );
        }
        let cut_ms = new_cut_ms.or(cut_ms);
        self.tell_size(cut_ms, self.used_bytes().await? <= max_bytes);
        Ok(cut_ms)
    }

    /// Deletes the oldest day of all computers, again and again, until the rest fits. The newest day stays:
    /// a size that is too small must not leave nothing.
    async fn shrink(&self, max_bytes: u64, newest_ms: i64) -> muster_store::Result<Option<i64>> {
        let mut cut_ms = None;
        while self.used_bytes().await? > max_bytes {
            let Some(span) = self.store.whole_span().await? else {
                break;
            };
            let next_day_ms = (span.first_ms.div_euclid(DAY_MS) + 1).saturating_mul(DAY_MS);
            let before_ms = next_day_ms.min(newest_ms.saturating_sub(DAY_MS));
            if self.forget_before(before_ms).await? == 0 {
                break;
            }
            cut_ms = Some(before_ms);
        }
        Ok(cut_ms)
    }

    /// What is free within the file is used before it grows.
    async fn used_bytes(&self) -> muster_store::Result<u64> {
        let size = self.store.size().await?;
        Ok(size.bytes.saturating_sub(size.unused_bytes))
    }

    async fn forget_before(&self, before_ms: i64) -> muster_store::Result<u64> {
        let mut forgotten = 0;
        for id in self.store.computers_with_samples_before(before_ms).await? {
            loop {
                let count = self.store.delete_before(id, before_ms, ROWS).await?;
                if count == 0 {
                    break;
                }
                forgotten += count;
                tokio::time::sleep(PAUSE).await;
            }
        }
        Ok(forgotten)
    }

    async fn known(&self) -> muster_store::Result<Option<Known>> {
        let kept = self.store.setting(SETTING).await?;
        // What cannot be read is as good as nothing: the first look believes what it sees.
        Ok(kept.and_then(|kept| serde_json::from_slice(&kept).ok()))
    }

    async fn keep_known(&self, before: Option<Known>, known: Known) -> muster_store::Result<()> {
        if before == Some(known) {
            return Ok(());
        }
        let kept = serde_json::to_vec(&known).unwrap_or_default();
        self.store.set_setting(SETTING, &kept).await
    }

    fn tell_paused(&self, verdict: Verdict) {
        let paused = match verdict {
            Verdict::CountFrom(_) => None,
            Verdict::Paused {
                trusted_ms,
                newest_ms,
            } => Some((trusted_ms, newest_ms)),
        };
        let mut told = self.told();
        match (paused, told.paused.is_some()) {
            (Some((trusted_ms, newest_ms)), false) => {
                let problem = ServerProblem::ClockJumped {
                    from_ms: trusted_ms,
                    to_ms: newest_ms,
                };
                tracing::warn!("{problem}");
                told.paused = Some(problem);
            }
            (None, true) => {
                tracing::info!("old samples are deleted again");
                told.paused = None;
            }
            _ => {}
        }
    }

    fn tell_size(&self, cut_ms: Option<i64>, fits: bool) {
        let problem = if fits {
            cut_ms.map(|from_ms| ServerProblem::HistoryCut { from_ms })
        } else {
            Some(ServerProblem::DatabaseTooLarge)
        };
        let mut told = self.told();
        if let (false, Some(problem)) = (fits || told.size == problem, &problem) {
            tracing::warn!("{problem}");
        }
        told.size = problem;
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
