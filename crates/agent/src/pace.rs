//! The interval at which readings are recorded: the poll interval of the server.

use std::time::Duration;
use tokio::sync::watch;

/// Used until a server sends its interval.
const USUAL_INTERVAL: Duration = Duration::from_secs(30);
/// Bounds for the interval of a server.
const SHORTEST_S: f64 = 1.0;
const LONGEST_S: f64 = 3600.0;

/// The recording interval, set by the last server that sent one.
pub struct Pace(watch::Sender<Duration>);

impl Default for Pace {
    fn default() -> Self {
        Self(watch::Sender::new(USUAL_INTERVAL))
    }
}

impl Pace {
    /// Sets the interval, until a server sends another.
    pub fn set(&self, interval: Duration) {
        self.set_from_header(&interval.as_secs_f64().to_string());
    }

    /// Sets the interval in seconds that a server sent; invalid values are ignored.
    pub fn set_from_header(&self, seconds: &str) {
        let parsed = seconds
            .parse()
            .ok()
            .filter(|seconds: &f64| seconds.is_finite());
        if let Some(seconds) = parsed {
            let pace = Duration::from_secs_f64(seconds.clamp(SHORTEST_S, LONGEST_S));
            self.0
                .send_if_modified(|known| std::mem::replace(known, pace) != pace);
        }
    }

    /// The interval, now and whenever it changes.
    #[must_use]
    pub fn subscribe(&self) -> watch::Receiver<Duration> {
        self.0.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_stays_within_bounds() {
        let pace = Pace::default();
        for (header, expected_s) in [
            ("5", 5),
            ("", 5),
            ("never", 5),
            ("NaN", 5),
            ("-1e99", 1),
            ("1e99", 3600),
            ("inf", 3600),
            ("30", 30),
        ] {
            pace.set_from_header(header);
            assert_eq!(
                *pace.0.borrow(),
                Duration::from_secs(expected_s),
                "{header}"
            );
        }
    }
}
