//! Progress of sealing a backlog, for the log and the API.

use crate::ops::clock::DAY_MS;
use serde::Serialize;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use utoipa::ToSchema;

/// If nothing older than this is due, sealing is routine and no progress is reported.
const OLD_MS: i64 = 3 * DAY_MS;
const LOG_EVERY: Duration = Duration::from_secs(10);

/// Progress in computer-days. Each day is sealed, and then merged if its month is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Sealing)]
pub struct SealingProgress {
    /// Steps that are done.
    pub done: u64,
    /// All steps; an estimate, since days may be missing.
    pub all: u64,
}

#[derive(Default)]
pub struct Progress(Mutex<Option<Known>>);

struct Known {
    sealing: SealingProgress,
    began: Instant,
    logged: Instant,
}

impl Progress {
    pub fn current(&self) -> Option<SealingProgress> {
        self.known().as_ref().map(|known| known.sealing)
    }

    /// Starts a run over computers with these oldest samples.
    pub fn start(&self, oldest_ms: impl Iterator<Item = i64>, now_ms: i64) {
        let ages = oldest_ms.map(|oldest_ms| now_ms.saturating_sub(oldest_ms));
        let old = ages.filter(|&age_ms| age_ms > OLD_MS);
        // Each day takes two steps, except for the days of the last month.
        let days = |age_ms: i64| 2 * age_ms / DAY_MS - (age_ms / DAY_MS).min(31);
        let all: u64 = old.map(|age_ms| days(age_ms).unsigned_abs()).sum();
        if all == 0 {
            return;
        }
        tracing::info!(
            steps = all,
            "sealing old samples, about one step per computer and day"
        );
        *self.known() = Some(Known {
            sealing: SealingProgress { done: 0, all },
            began: Instant::now(),
            logged: Instant::now(),
        });
    }

    pub fn add_steps(&self, steps: u64) {
        if let Some(known) = self.known().as_mut() {
            known.add_steps(steps);
        }
    }

    pub fn finish(&self) {
        if let Some(known) = self.known().take() {
            let seconds = known.began.elapsed().as_secs();
            tracing::info!(seconds, "sealed the old samples");
        }
    }

    fn known(&self) -> MutexGuard<'_, Option<Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn add_steps(&mut self, steps: u64) {
        let SealingProgress { done, all } = &mut self.sealing;
        *done += steps;
        *all = (*all).max(*done);
        if self.logged.elapsed() >= LOG_EVERY {
            tracing::info!(percent = *done * 100 / *all, "sealing old samples");
            self.logged = Instant::now();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_old_rows_are_reported() {
        let progress = Progress::default();
        progress.start([-DAY_MS, -OLD_MS].into_iter(), 0);
        progress.add_steps(1);
        assert_eq!(progress.current(), None);
        progress.start([-100 * DAY_MS, -DAY_MS].into_iter(), 0);
        progress.add_steps(3);
        let sealing = SealingProgress { done: 3, all: 169 };
        assert_eq!(progress.current(), Some(sealing));
        progress.add_steps(1_000);
        let sealing = progress.current();
        assert_eq!(sealing.map(|sealing| sealing.all), Some(1_003));
        progress.finish();
        assert_eq!(progress.current(), None);
    }
}
