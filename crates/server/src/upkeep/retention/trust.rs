//! Whether the newest sample may say how old the others are.
//!
//! Samples bear the time of this computer's clock. One that jumped ahead by years would make all of the
//! history look too old, and what is deleted does not come back. So the newest sample counts only once
//! its time was reached step by step: a jump of more than a day pauses deletion until samples have gone
//! on from there for a day. A server that was off for days waits for a day too, which costs nothing.

use serde::{Deserialize, Serialize};

const HOUR_MS: i64 = 3_600_000;
pub(super) const DAY_MS: i64 = 24 * HOUR_MS;

/// What is known of the clock. It is kept in the database, so that a restart is no way around it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trust {
    /// The newest moment that is believed.
    trusted_ms: Option<i64>,
    /// A moment too far ahead of it, as it was last seen.
    ahead: Option<Ahead>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Ahead {
    seen_ms: i64,
    held_ms: i64,
}

/// What to do with old samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Count back from this moment.
    CountFrom(i64),
    /// Delete nothing.
    Paused {
        /// The newest moment that is believed.
        trusted_ms: i64,
        /// The one that is not, yet.
        newest_ms: i64,
    },
}

impl Trust {
    /// Takes in the newest sample and the clock. A sample that the clock has yet to reach is from before a
    /// clock was put right: it does not count. Counting from a moment that is too early deletes too little,
    /// which is safe.
    pub fn look(&mut self, newest_ms: i64, now_ms: i64) -> Verdict {
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
        Verdict::Paused {
            trusted_ms,
            newest_ms,
        }
    }

    fn believe(&mut self, newest_ms: i64) -> Verdict {
        *self = Self {
            trusted_ms: Some(newest_ms),
            ahead: None,
        };
        Verdict::CountFrom(newest_ms)
    }
}

impl Ahead {
    /// Another jump begins the day anew, and no single step counts for more than an hour of it.
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
        trust.look(newest_ms, newest_ms) == Verdict::CountFrom(newest_ms)
    }

    #[test]
    fn time_that_goes_on_is_believed() {
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
    fn a_jump_counts_once_it_has_held_for_a_day() {
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
    fn jumps_upon_a_jump_do_not_add_up_to_a_day() {
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
    fn a_clock_that_is_put_right_is_believed_at_once() {
        let mut trust = Trust::default();
        assert!(look(&mut trust, START_MS));
        let jumped_ms = START_MS + YEAR_MS;
        assert!(!look(&mut trust, jumped_ms));
        // What was stored meanwhile is still the newest, and does not count.
        let now_ms = START_MS + HOUR_MS;
        assert_eq!(trust.look(jumped_ms, now_ms), Verdict::CountFrom(now_ms));
        // A clock that begins with 1970 and is then put right has jumped.
        assert_eq!(trust.look(jumped_ms, 60_000), Verdict::CountFrom(60_000));
        assert!(!look(&mut trust, now_ms));
    }
}
