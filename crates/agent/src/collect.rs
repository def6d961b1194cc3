//! Collects the state of the computer: one [`SystemInfo`] per request, read at once. Nothing is measured by
//! waiting.

mod background;
mod baseline;
mod failures;
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

/// Maximum number of bytes of a text in an answer; a server refuses longer ones.
const MAX_TEXT: usize = 256;

/// Paths of the watched computer. Only used on Linux.
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

/// The number of files that this process may have open.
#[must_use]
pub fn permitted_files() -> u64 {
    Platform::permitted_files()
}

/// Reads the computer, and remembers earlier readings, from which usage and rates are computed.
pub struct Collector {
    platform: Platform,
    run: String,
    started: Instant,
    sequence: u64,
}

impl Collector {
    /// Takes the first reading, with which the first answer is compared.
    #[must_use]
    pub fn new(options: &Options, now: Instant) -> Self {
        Self {
            platform: Platform::new(options, now),
            run: uuid::Uuid::new_v4().to_string(),
            started: now,
            sequence: 0,
        }
    }

    /// Reads the computer at the time `now`.
    pub fn read_system_info(&mut self, now: Instant, with_processes: bool) -> SystemInfo {
        self.sequence += 1;
        let mut info = self.platform.read_system_info(now, with_processes);
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

    /// The host name.
    pub fn hostname(&mut self) -> String {
        self.platform.hostname()
    }
}

/// The clock of the computer; `None` before 1970.
fn time_ms() -> Option<i64> {
    let since_1970 = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .ok()?;
    i64::try_from(since_1970.as_millis()).ok()
}

/// Shortens a text to what an answer may carry, at a character boundary.
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
