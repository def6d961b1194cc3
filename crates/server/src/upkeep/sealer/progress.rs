//! How far the sealing of an old database is, for the log and for the page.

use serde::Serialize;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use utoipa::ToSchema;

const DAY_MS: i64 = 86_400_000;
/// Where nothing older is due than this, sealing is what it is each day, and nobody is told.
const OLD_MS: i64 = 3 * DAY_MS;
const TELL_EVERY: Duration = Duration::from_secs(10);

/// Days of single computers, of which each is sealed, and merged into its month where that is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Sealing {
    /// What is done.
    pub done: u64,
    /// What there is to do, all in all; an estimate, since days may be missing.
    pub all: u64,
}

#[derive(Default)]
pub struct Progress(Mutex<Option<Known>>);

struct Known {
    sealing: Sealing,
    began: Instant,
    told: Instant,
}

impl Progress {
    pub fn sealing(&self) -> Option<Sealing> {
        self.known().as_ref().map(|known| known.sealing)
    }

    /// Sealing begins, of computers with these oldest samples.
    pub fn begin(&self, oldest_ms: impl Iterator<Item = i64>, now_ms: i64) {
        let ages = oldest_ms.map(|oldest_ms| now_ms.saturating_sub(oldest_ms));
        let old = ages.filter(|&age_ms| age_ms > OLD_MS);
        // Each day is worked on twice, apart from those of the last month.
        let days = |age_ms: i64| 2 * age_ms / DAY_MS - (age_ms / DAY_MS).min(31);
        let all: u64 = old.map(|age_ms| days(age_ms).unsigned_abs()).sum();
        if all == 0 {
            return;
        }
        tracing::info!("sealing old samples: about {all} steps, a day of a computer each");
        *self.known() = Some(Known {
            sealing: Sealing { done: 0, all },
            began: Instant::now(),
            told: Instant::now(),
        });
    }

    pub fn add(&self, steps: u64) {
        if let Some(known) = self.known().as_mut() {
            known.add(steps);
        }
    }

    pub fn end(&self) {
        if let Some(known) = self.known().take() {
            let seconds = known.began.elapsed().as_secs();
            tracing::info!("sealed the old samples in {seconds} s");
        }
    }

    fn known(&self) -> MutexGuard<'_, Option<Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn add(&mut self, steps: u64) {
        let Sealing { done, all } = &mut self.sealing;
        *done += steps;
        *all = (*all).max(*done);
        if self.told.elapsed() >= TELL_EVERY {
            tracing::info!("sealing old samples: {} %", *done * 100 / *all);
            self.told = Instant::now();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_old_is_told() {
        let progress = Progress::default();
        progress.begin([-DAY_MS, -OLD_MS].into_iter(), 0);
        progress.add(1);
        assert_eq!(progress.sealing(), None);
        progress.begin([-100 * DAY_MS, -DAY_MS].into_iter(), 0);
        progress.add(3);
        let sealing = Sealing { done: 3, all: 169 };
        assert_eq!(progress.sealing(), Some(sealing));
        progress.add(1_000);
        let sealing = progress.sealing();
        assert_eq!(sealing.map(|sealing| sealing.all), Some(1_003));
        progress.end();
        assert_eq!(progress.sealing(), None);
    }
}
