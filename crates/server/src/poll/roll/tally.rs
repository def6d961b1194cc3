//! What the roll counts, and the sign of life that it gives.

use super::lateness::Lateness;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// How often the roll shows that it goes on, whether or not anybody is due.
pub const BEAT: Duration = Duration::from_secs(1);
/// A call is late from here on.
const LATE: Duration = Duration::from_secs(1);
/// A roll that has shown nothing for so long has stopped.
const STOPPED_AFTER: Duration = Duration::from_secs(30);

/// Calls since the start, and whether the roll goes on.
#[derive(Debug)]
pub struct Tally {
    /// Calls that were answered.
    pub answered: AtomicU64,
    /// Calls that were not.
    pub failed: AtomicU64,
    /// Calls that began more than a second after they were due.
    pub late: AtomicU64,
    /// How late all of them began.
    pub lateness: Lateness,
    /// Calls left out since the one before was still under way.
    pub skipped: AtomicU64,
    beat: watch::Sender<Instant>,
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            answered: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            late: AtomicU64::new(0),
            lateness: Lateness::default(),
            skipped: AtomicU64::new(0),
            beat: watch::Sender::new(Instant::now()),
        }
    }
}

impl Tally {
    /// A call began, so much after it was due.
    pub fn call(&self, late: Duration) {
        self.lateness.add(late);
        if late > LATE {
            self.late.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The roll goes on.
    pub fn beat(&self, now: Instant) {
        self.beat.send_replace(now);
    }

    /// Whether the roll goes on, or has only just begun.
    #[must_use]
    pub fn goes_on(&self, now: Instant) -> bool {
        now.saturating_duration_since(*self.beat.borrow()) < STOPPED_AFTER
    }

    /// Shows each sign of life.
    #[cfg(test)]
    pub fn beats(&self) -> watch::Receiver<Instant> {
        self.beat.subscribe()
    }
}
