//! Checks that the paths still lead to the open database and its log.
//!
//! A deleted or replaced file still accepts writes, which are lost at the next start.

use super::header::log_of;
use crate::{Error, Result};
use std::path::Path;

/// The open files.
#[derive(Clone, Copy, Debug)]
pub(super) struct Opened {
    database: Option<Identity>,
    log: Option<Identity>,
}

impl Opened {
    /// The files at these paths.
    pub(super) fn at(path: &Path) -> Self {
        Self {
            database: Identity::of(path),
            log: Identity::of(&log_of(path)),
        }
    }

    /// Fails if a path leads to another file.
    pub(super) fn check(self, path: &Path) -> Result<()> {
        let is_gone = |known: Option<Identity>, path: &Path| {
            known.is_some_and(|known| Identity::of(path) != Some(known))
        };
        if is_gone(self.database, path) {
            return Err(Error::Replaced(path.to_owned()));
        }
        if is_gone(self.log, &log_of(path)) {
            return Err(Error::LogReplaced(log_of(path)));
        }
        Ok(())
    }
}

/// Identifies a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Identity(u64, u64);

impl Identity {
    #[cfg(unix)]
    fn of(path: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        let metadata = std::fs::metadata(path).ok()?;
        Some(Self(metadata.dev(), metadata.ino()))
    }

    /// On other systems an open file can be neither deleted nor replaced.
    #[cfg(not(unix))]
    fn of(_path: &Path) -> Option<Self> {
        Some(Self(0, 0))
    }
}
