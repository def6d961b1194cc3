//! Reads a file's header without SQLite.
//!
//! Only before SQLite opens the file: closing a file releases all locks that its process has on it (POSIX),
//! including SQLite's. Another program that reads the database would then believe that it is the last user, and
//! delete the log that this process writes.

use std::ffi::OsString;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The application id of a Muster database: "Mstr" in ASCII.
pub(super) const APPLICATION_ID: i32 = i32::from_be_bytes(*b"Mstr");

/// The application id of a backup: "Mbak" in ASCII.
pub(super) const BACKUP_ID: i32 = i32::from_be_bytes(*b"Mbak");

/// The offset of the application id in SQLite's file format.
const ID_AT: usize = 68;

/// Whether the file at `path` is a backup that no server was started with. SQLite would read the log first.
pub(super) fn is_backup(path: &Path) -> bool {
    let mut header = [0; ID_AT + 4];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut header));
    read.is_ok()
        && header.starts_with(b"SQLite format 3\0")
        && header.ends_with(&BACKUP_ID.to_be_bytes())
}

/// Whether the file cannot change while it is read: a backup, or a file without a log in a read-only folder. SQLite
/// need not lock it then, and could not in such a folder.
pub(super) fn is_still(path: &Path) -> bool {
    is_backup(path) || (is_read_only(path) && !log_of(path).exists())
}

/// The write-ahead log of a database.
pub(super) fn log_of(path: &Path) -> std::path::PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

#[cfg(unix)]
fn is_read_only(path: &Path) -> bool {
    use rustix::fs::{Access, access};
    let folder = path.parent().unwrap_or(Path::new("/"));
    access(folder, Access::WRITE_OK).is_err()
}

#[cfg(not(unix))]
fn is_read_only(_path: &Path) -> bool {
    false
}
