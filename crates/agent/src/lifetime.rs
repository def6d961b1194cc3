//! How the run before this one ended: noted in the folder when it was told to end, and told by the next.

use muster_wire::PreviousRun;
use serde::{Deserialize, Serialize};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

const NOTE: &str = "last_run.json";

/// The note in the folder.
pub struct Lifetime {
    path: PathBuf,
    run: String,
}

#[derive(Serialize, Deserialize)]
struct Note {
    run: String,
    ended_cleanly: bool,
}

impl Lifetime {
    /// Notes that this run has begun; how the one before it ended comes back, where that is known.
    ///
    /// # Errors
    /// Where the folder cannot be written.
    pub fn begin(folder: &Path, run: &str) -> io::Result<(Self, Option<PreviousRun>)> {
        let path = folder.join(NOTE);
        let before = fs::read(&path).ok();
        let lifetime = Self {
            path,
            run: run.to_owned(),
        };
        lifetime.note(false)?;
        let before = before.and_then(|bytes| serde_json::from_slice::<Note>(&bytes).ok());
        let previous = before.map(|note| PreviousRun {
            run: note.run,
            ended_cleanly: note.ended_cleanly,
        });
        Ok((lifetime, previous))
    }

    /// Notes that this run was told to end.
    pub fn end(&self) {
        // Without the note the next run says that this one broke off: nobody is there to hear more.
        let _ = self.note(true);
    }

    fn note(&self, ended_cleanly: bool) -> io::Result<()> {
        let note = Note {
            run: self.run.clone(),
            ended_cleanly,
        };
        let beside = self.path.with_extension("new");
        fs::write(&beside, serde_json::to_vec(&note)?)?;
        fs::rename(beside, &self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_tells_how_the_one_before_it_ended() {
        let folder = tempfile::tempdir().unwrap();
        let (first, before) = Lifetime::begin(folder.path(), "one").unwrap();
        assert_eq!(before, None);
        first.end();
        let (_killed, before) = Lifetime::begin(folder.path(), "two").unwrap();
        let before = before.unwrap();
        assert_eq!((before.run.as_str(), before.ended_cleanly), ("one", true));
        let (_, before) = Lifetime::begin(folder.path(), "three").unwrap();
        let before = before.unwrap();
        assert_eq!((before.run.as_str(), before.ended_cleanly), ("two", false));
    }
}
