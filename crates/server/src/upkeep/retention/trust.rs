//! Decides whether the newest sample's time is trustworthy enough to compute the age of the others.
//!
//! Samples carry the time of this computer's clock. If the clock jumps ahead by years, the whole history looks too
//! old, and deleted samples do not come back. A time is therefore trusted only if it was reached step by step: after
//! a jump of more than a day, deletion pauses until samples have continued from there for a day. After days of
//! downtime deletion waits for a day as well, which does no harm.

use crate::ops::clock::{DAY_MS, HOUR_MS};
use serde::{Deserialize, Serialize};

/// What is known about the clock. It is stored in the database, so that a restart does not reset it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trust {
    /// The newest time that is trusted.
    trusted_ms: Option<i64>,
    /// A newer time that is not trusted yet.
    ahead: Option<Ahead>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Ahead {
    seen_ms: i64,
    held_ms: i64,
}

/// Whether old samples may be deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockVerdict {
    /// Yes; age counts back from this time.
    CountFrom(i64),
    /// No.
    Paused {
        /// The newest time that is trusted.
        trusted_ms: i64,
        /// The newer time that is not trusted yet.
        newest_ms: i64,
    },
}

impl Trust {
    /// Assesses the newest sample. A sample in the future was stored before the clock was corrected, so the current
    /// time counts instead. Counting from too early a time deletes too little, which is safe.
    pub fn assess(&mut self, newest_ms: i64, now_ms: i64) -> ClockVerdict {
        let newest_ms = newest_ms.min(now_ms);
        let trusted_ms = self.trusted_ms.unwrap_or(newest_ms);
        if newest_ms.saturating_sub(trusted_ms) <= DAY_MS {
            return self.believe(newest_ms);
        }
        let ahead = Ahead::after(self.ahead, newest_ms);
        if ahead.held_ms >= DAY_MS {
            return self.believe(newest_ms);
        }
        self.ahead = Some(ahead);
        ClockVerdict::Paused {
            trusted_ms,
            newest_ms,
        }
    }

    fn believe(&mut self, newest_ms: i64) -> ClockVerdict {
        *self = Self {
            trusted_ms: Some(newest_ms),
            ahead: None,
        };
        ClockVerdict::CountFrom(newest_ms)
    }
}

impl Ahead {
    /// Another jump restarts the day of waiting, and a single step counts for at most an hour of it.
    fn after(before: Option<Self>, newest_ms: i64) -> Self {
        let held_ms = before.map_or(0, |before| {
            let step_ms = newest_ms.saturating_sub(before.seen_ms);
            if step_ms > DAY_MS {
                0
            } else {
                before.held_ms + step_ms.clamp(0, HOUR_MS)
            }
        });
        Self {
            seen_ms: newest_ms,
            held_ms,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START_MS: i64 = 1_763_510_400_000;
    const YEAR_MS: i64 = 365 * DAY_MS;

    fn look(trust: &mut Trust, newest_ms: i64) -> bool {
        trust.assess(newest_ms, newest_ms) == ClockVerdict::CountFrom(newest_ms)
    }

    #[test]
    fn steady_time_is_trusted() {
        let mut trust = Trust::default();
        for hour in 0..1_000 {
            assert!(look(&mut trust, START_MS + hour * HOUR_MS), "{hour}");
        }
        assert!(look(
            &mut trust,
            START_MS + 1_000 * HOUR_MS + DAY_MS - HOUR_MS
        ));
    }

    #[test]
    fn a_clock_jump_is_trusted_after_a_day() {
        let mut trust = Trust::default();
        assert!(look(&mut trust, START_MS));
        let jumped_ms = START_MS + 12 * YEAR_MS;
        for hour in 0..24 {
            assert!(!look(&mut trust, jumped_ms + hour * HOUR_MS), "{hour}");
        }
        assert!(look(&mut trust, jumped_ms + DAY_MS));
        assert!(look(&mut trust, jumped_ms + DAY_MS + HOUR_MS));
    }

    #[test]
    fn repeated_jumps_do_not_add_up_to_a_day() {
        let mut trust = Trust::default();
        assert!(look(&mut trust, START_MS));
        let jumped_ms = START_MS + YEAR_MS;
        for jump in 0..20 {
            assert!(!look(&mut trust, jumped_ms + jump * DAY_MS), "{jump}");
        }
        assert!(!look(&mut trust, jumped_ms + YEAR_MS));
        assert!(!look(&mut trust, jumped_ms + YEAR_MS + 23 * HOUR_MS));
    }

    #[test]
    fn a_corrected_clock_is_trusted_at_once() {
        let mut trust = Trust::default();
        assert!(look(&mut trust, START_MS));
        let jumped_ms = START_MS + YEAR_MS;
        assert!(!look(&mut trust, jumped_ms));
        // Samples from during the jump are still the newest, but do not count.
        let now_ms = START_MS + HOUR_MS;
        assert_eq!(
            trust.assess(jumped_ms, now_ms),
            ClockVerdict::CountFrom(now_ms)
        );
        // A clock that starts in 1970 and is then corrected has jumped.
        assert_eq!(
            trust.assess(jumped_ms, 60_000),
            ClockVerdict::CountFrom(60_000)
        );
        assert!(!look(&mut trust, now_ms));
    }
}
