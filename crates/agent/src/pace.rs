//! How often a reading is kept: as often as the server that asks says that it does.

use std::time::Duration;
use tokio::sync::watch;

/// Until a server said otherwise.
const USUAL_INTERVAL: Duration = Duration::from_secs(30);
/// No server makes the agent keep more often or more seldom than this.
const SHORTEST_S: f64 = 1.0;
const LONGEST_S: f64 = 3600.0;

/// How often a reading is kept: as often as the last server that said so asks.
pub struct Pace(watch::Sender<Duration>);

impl Default for Pace {
    fn default() -> Self {
        Self(watch::Sender::new(USUAL_INTERVAL))
    }
}

impl Pace {
    /// So often, until a server says otherwise.
    pub fn begin_with(&self, interval: Duration) {
        self.hear(&interval.as_secs_f64().to_string());
    }

    /// A server said how often it asks, in seconds; what is no such number changes nothing.
    pub fn hear(&self, seconds: &str) {
        let heard = seconds
            .parse()
            .ok()
            .filter(|seconds: &f64| seconds.is_finite());
        if let Some(seconds) = heard {
            let pace = Duration::from_secs_f64(seconds.clamp(SHORTEST_S, LONGEST_S));
            self.0
                .send_if_modified(|known| std::mem::replace(known, pace) != pace);
        }
    }

    /// The pace, now and whenever it changes.
    #[must_use]
    pub fn subscribe(&self) -> watch::Receiver<Duration> {
        self.0.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pace_is_heard_within_bounds() {
        let pace = Pace::default();
        for (said, expected_s) in [
            ("5", 5),
            ("", 5),
            ("never", 5),
            ("NaN", 5),
            ("-1e99", 1),
            ("1e99", 3600),
            ("inf", 3600),
            ("30", 30),
        ] {
            pace.hear(said);
            assert_eq!(*pace.0.borrow(), Duration::from_secs(expected_s), "{said}");
        }
    }
}
