//! What one run of the agent leaves to the next: how it ended, and how often it was to keep a reading.

use crate::files::write_private;
use muster_wire::PreviousRun;
use serde::{Deserialize, Serialize};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

const NOTE: &str = "last_run.json";

/// The note in the folder.
pub struct Lifetime {
    path: PathBuf,
    note: Mutex<Note>,
}

/// What the run before left.
#[derive(Debug, Default, PartialEq)]
pub struct Before {
    /// How it ended, where that is known.
    pub run: Option<PreviousRun>,
    /// How often it kept a reading, where a server said so.
    pub interval: Option<Duration>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Note {
    run: String,
    ended_cleanly: bool,
    #[serde(default)]
    interval_s: Option<f64>,
}

impl Lifetime {
    /// Notes that this run has begun; what the one before it left comes back.
    ///
    /// # Errors
    /// Where the folder cannot be written.
    pub fn begin(folder: &Path, run: &str) -> io::Result<(Self, Before)> {
        let path = folder.join(NOTE);
        let before = fs::read(&path).ok();
        let before = before.and_then(|bytes| serde_json::from_slice::<Note>(&bytes).ok());
        let note = Note {
            run: run.to_owned(),
            ended_cleanly: false,
            interval_s: before.as_ref().and_then(|note| note.interval_s),
        };
        let lifetime = Self {
            path,
            note: Mutex::new(note),
        };
        lifetime.change(|_| ())?;
        let interval_s = before.as_ref().and_then(|note| note.interval_s);
        Ok((
            lifetime,
            Before {
                run: before.map(|note| PreviousRun {
                    run: note.run,
                    ended_cleanly: note.ended_cleanly,
                }),
                interval: interval_s.and_then(|s| Duration::try_from_secs_f64(s).ok()),
            },
        ))
    }

    /// Notes how often a reading is kept from now on.
    pub fn keep_each(&self, interval: Duration) {
        // Where it cannot be noted the next run begins with the usual interval.
        let _ = self.change(|note| note.interval_s = Some(interval.as_secs_f64()));
    }

    /// Notes that this run was told to end.
    pub fn end(&self) {
        // Without the note the next run says that this one broke off: nobody is there to hear more.
        let _ = self.change(|note| note.ended_cleanly = true);
    }

    fn change(&self, change: impl FnOnce(&mut Note)) -> io::Result<()> {
        let mut note = self.note.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut note);
        write_private(&self.path, &serde_json::to_vec(&*note)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_tells_how_the_one_before_it_ended() {
        let folder = tempfile::tempdir().unwrap();
        let (first, before) = Lifetime::begin(folder.path(), "one").unwrap();
        assert_eq!(before, Before::default());
        first.keep_each(Duration::from_secs(5));
        first.end();
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
