//! What one run of the agent leaves for the next: how it ended, and its recording interval.

use crate::files::write_private;
use muster_wire::PreviousRun;
use serde::{Deserialize, Serialize};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

const FILE_NAME: &str = "last_run.json";

/// The file about this run.
pub struct Lifetime {
    path: PathBuf,
    content: Mutex<RunFile>,
}

/// What the previous run left.
#[derive(Debug, Default, PartialEq)]
pub struct LastRun {
    /// How it ended, if known.
    pub run: Option<PreviousRun>,
    /// Its recording interval, if a server set one.
    pub interval: Option<Duration>,
}

#[derive(Clone, Serialize, Deserialize)]
struct RunFile {
    run: String,
    ended_cleanly: bool,
    #[serde(default)]
    interval_s: Option<f64>,
}

impl Lifetime {
    /// Records that this run has started, and returns what the previous run left.
    ///
    /// # Errors
    /// If the folder cannot be written.
    pub fn begin(folder: &Path, run: &str) -> io::Result<(Self, LastRun)> {
        let path = folder.join(FILE_NAME);
        let before = fs::read(&path).ok();
        let before = before.and_then(|bytes| serde_json::from_slice::<RunFile>(&bytes).ok());
        let content = RunFile {
            run: run.to_owned(),
            ended_cleanly: false,
            interval_s: before.as_ref().and_then(|content| content.interval_s),
        };
        let lifetime = Self {
            path,
            content: Mutex::new(content),
        };
        lifetime.change(|_| ())?;
        let interval_s = before.as_ref().and_then(|content| content.interval_s);
        Ok((
            lifetime,
            LastRun {
                run: before.map(|content| PreviousRun {
                    run: content.run,
                    ended_cleanly: content.ended_cleanly,
                }),
                interval: interval_s.and_then(|s| Duration::try_from_secs_f64(s).ok()),
            },
        ))
    }

    /// Saves the recording interval.
    pub fn save_interval(&self, interval: Duration) {
        // On failure the next run starts with the default interval.
        let _ = self.change(|content| content.interval_s = Some(interval.as_secs_f64()));
    }

    /// Records that this run shuts down normally.
    pub fn mark_clean_end(&self) {
        // If this fails, the next run reports a crash; nothing more can be done while shutting down.
        let _ = self.change(|content| content.ended_cleanly = true);
    }

    fn change(&self, change: impl FnOnce(&mut RunFile)) -> io::Result<()> {
        let mut content = self.content.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut content);
        write_private(&self.path, &serde_json::to_vec(&*content)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_knows_how_the_previous_one_ended() {
        let folder = tempfile::tempdir().unwrap();
        let (first, before) = Lifetime::begin(folder.path(), "one").unwrap();
        assert_eq!(before, LastRun::default());
        first.save_interval(Duration::from_secs(5));
        first.mark_clean_end();
        let (_killed, before) = Lifetime::begin(folder.path(), "two").unwrap();
        assert_eq!(before.interval, Some(Duration::from_secs(5)));
        let before = before.run.unwrap();
        assert_eq!((before.run.as_str(), before.ended_cleanly), ("one", true));
        let (_, before) = Lifetime::begin(folder.path(), "three").unwrap();
        assert_eq!(before.interval, Some(Duration::from_secs(5)));
        let before = before.run.unwrap();
        assert_eq!((before.run.as_str(), before.ended_cleanly), ("two", false));
    }
}
