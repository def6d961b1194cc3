//! Whether the path still leads to the file that was opened.
//!
//! A file that is deleted or replaced goes on taking what is written, and is gone at the next start.

use crate::{Error, Result};
use std::path::Path;

/// What tells a file from every other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Identity(u64, u64);

impl Identity {
    #[cfg(unix)]
    pub(super) fn of(path: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        let metadata = std::fs::metadata(path).ok()?;
        Some(Self(metadata.dev(), metadata.ino()))
    }

    /// Elsewhere an open file can be neither deleted nor replaced.
    #[cfg(not(unix))]
    pub(super) fn of(_path: &Path) -> Option<Self> {
        Some(Self(0, 0))
    }

    pub(super) fn check(self, path: &Path) -> Result<()> {
        if Self::of(path) == Some(self) {
            Ok(())
        } else {
            Err(Error::Replaced(path.to_owned()))
        }
    }
}
