//! What a file says of itself in its first bytes, read without SQLite.
//!
//! Only before SQLite opens it: whoever closes a file gives up all locks that his process has on it (POSIX), those
//! of SQLite too. Another program that reads the database would then take itself for the last to use it, and
//! delete the log into which this process goes on writing.

use std::ffi::OsString;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// What SQLite's header says a database of Muster's is: "Mstr" in ASCII.
pub(super) const APPLICATION_ID: i32 = i32::from_be_bytes(*b"Mstr");

/// What SQLite's header says of a backup: "Mbak" in ASCII.
pub(super) const BACKUP_ID: i32 = i32::from_be_bytes(*b"Mbak");

/// Where the application's id stands in the header, as SQLite's file format has it.
const ID_AT: usize = 68;

/// Whether the file at `path` is a backup that nobody started with yet. SQLite is not asked: it would look
/// into the log first.
pub(super) fn is_backup(path: &Path) -> bool {
    let mut header = [0; ID_AT + 4];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut header));
    read.is_ok()
        && header.starts_with(b"SQLite format 3\0")
        && header.ends_with(&BACKUP_ID.to_be_bytes())
}

/// Whether nothing at `path` can change while it is read: a backup, or a folder that cannot be written with no
/// log in it. SQLite need not, and in such a folder cannot, guard against writers then.
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
