//! What this computer is doing: one [`SystemInfo`] a request, read at once, never measured by waiting.

mod asker;
mod baseline;
mod complaints;
mod rates;
mod rounding;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod other;

#[cfg(target_os = "linux")]
use linux::Platform;
#[cfg(not(target_os = "linux"))]
use other::Platform;

use muster_wire::{Agent, SystemInfo};
use std::path::PathBuf;
use std::time::{Instant, SystemTime};

/// Bytes of a text that an answer may carry; a server refuses longer ones.
const MAX_TEXT: usize = 256;

/// Where the watched computer's files are. Only Linux asks.
#[derive(Clone, Debug)]
pub struct Options {
    /// Its `/proc`.
    pub proc: PathBuf,
    /// Its `/sys`.
    pub sys: PathBuf,
    /// Its `/`.
    pub root: PathBuf,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            proc: "/proc".into(),
            sys: "/sys".into(),
            root: "/".into(),
        }
    }
}

/// How many files this process may have open at once.
#[must_use]
pub fn permitted_files() -> u64 {
    Platform::permitted_files()
}

/// Reads the computer, and remembers of earlier readings what use and rates are computed from.
pub struct Collector {
    platform: Platform,
    run: String,
    started: Instant,
    sequence: u64,
}

impl Collector {
    /// Takes the first reading, which the first answer is compared with.
    #[must_use]
    pub fn new(options: &Options, now: Instant) -> Self {
        Self {
            platform: Platform::new(options, now),
            run: uuid::Uuid::new_v4().to_string(),
            started: now,
            sequence: 0,
        }
    }

    /// Reads the computer, `now` being the present.
    pub fn read(&mut self, now: Instant, with_processes: bool) -> SystemInfo {
        self.sequence += 1;
        let mut info = self.platform.read(now, with_processes);
        info.agent = Some(Agent {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            run: self.run.clone(),
            sequence: self.sequence,
            monotonic_ms: u64::try_from((now - self.started).as_millis()).unwrap_or(u64::MAX),
            time_ms: time_ms(),
            ..Agent::default()
        });
        info
    }

    /// The id of this run.
    #[must_use]
    pub fn run(&self) -> &str {
        &self.run
    }

    /// The computer's own name.
    pub fn hostname(&mut self) -> String {
        self.platform.hostname()
    }
}

/// The computer's clock, unless it stands before 1970.
fn time_ms() -> Option<i64> {
    let since_1970 = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .ok()?;
    i64::try_from(since_1970.as_millis()).ok()
}

/// Cuts a text to what an answer may carry, between two characters.
fn short_text(mut text: String) -> String {
    let mut end = MAX_TEXT.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    text
}

#[cfg(test)]
mod tests {
    use super::short_text;

    #[test]
    fn texts_are_cut_between_characters() {
        assert_eq!(short_text("box".into()), "box");
        assert_eq!(short_text("é".repeat(200)).len(), 256);
        assert_eq!(short_text(format!("x{}", "é".repeat(200))).len(), 255);
    }
}
