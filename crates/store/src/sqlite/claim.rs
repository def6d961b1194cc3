//! Makes sure that at most one server uses a database, and none while it is migrated.

use super::failure;
use crate::{Error, Result};
use std::collections::BTreeSet;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The claims of this process. The file lock cannot show that the migrating process itself already holds the claim.
static HELD: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// The right to serve a database until it is dropped or the process ends.
#[derive(Debug)]
pub struct Claim {
    path: PathBuf,
    /// The lock is on a file beside the database. The file is never deleted: otherwise two processes could lock two
    /// files of the same name.
    _lock: File,
}

impl Claim {
    /// Claims the database at `path`, which must be absolute and not a link.
    pub(super) fn acquire(path: &Path) -> Result<Self> {
        let lock_path = super::beside(path, "lock");
        let lock = open(&lock_path).map_err(|error| failure::explain_io(&lock_path, &error))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(Error::InUse(path.into())),
            Err(TryLockError::Error(error)) => {
                return Err(failure::explain_io(&lock_path, &error));
            }
        }
        warn_of_other_names(path);
        held().insert(path.to_owned());
        Ok(Self {
            path: path.to_owned(),
            _lock: lock,
        })
    }

    /// Whether this process holds the claim.
    pub(super) fn is_held_here(path: &Path) -> bool {
        held().contains(path)
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        held().remove(&self.path);
    }
}

fn held() -> std::sync::MutexGuard<'static, BTreeSet<PathBuf>> {
    HELD.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A server that opens the file under another name uses another lock and another log.
#[cfg(unix)]
fn warn_of_other_names(path: &Path) {
    use std::os::unix::fs::MetadataExt as _;
    let names = path.metadata().map_or(1, |metadata| metadata.nlink());
    if names > 1 {
        tracing::warn!(
            "{} has another name (a hard link): a program that opens it by that name destroys it; \
             use `muster backup` for copies",
            path.display()
        );
    }
}

#[cfg(not(unix))]
fn warn_of_other_names(_: &Path) {}

/// Opens the lock file, which stays empty.
fn open(path: &Path) -> io::Result<File> {
    match OpenOptions::new().read(true).open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            super::files::create_private(path, false)
        }
        opened => opened,
    }
}
