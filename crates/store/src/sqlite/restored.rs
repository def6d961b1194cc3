//! A backup that was put in a database's place.
//!
//! After a crash the write-ahead log of the database that was there before may still lie beside the path, and
//! SQLite would write it into the backup. So a backup says in its header that it is one; at its first start
//! such companions are moved aside, and from then on it is a database like any other.

use super::inspect::APPLICATION_ID;
use super::{connect, failure, files};
use crate::Result;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, SqliteConnection};
use std::ffi::OsString;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

/// What SQLite's header says of a backup: "Mbak" in ASCII.
pub(super) const BACKUP_ID: i32 = i32::from_be_bytes(*b"Mbak");

/// Where the application's id stands in the header, as SQLite's file format has it.
const ID_AT: usize = 68;
const COMPANIONS: [&str; 3] = ["-wal", "-shm", "-journal"];

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

fn log_of(path: &Path) -> std::path::PathBuf {
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

/// Makes a backup a database; anything else stays as it is.
pub(super) async fn take_up(path: &Path) -> Result<()> {
    if !is_backup(path) {
        return Ok(());
    }
    for companion in COMPANIONS {
        move_aside(path, companion).map_err(|error| failure::explain_io(path, &error))?;
    }
    files::sync_folder_of(path)
        .await
        .map_err(|error| failure::explain_io(path, &error))?;
    tracing::info!("starting with the backup {}", path.display());
    let mark = async {
        let mut connection = connect::plain(path).connect().await?;
        mark(&mut connection, APPLICATION_ID).await?;
        connection.close().await
    };
    mark.await.map_err(|error| failure::explain(path, error))
}

/// Writes into the header what a file is.
pub(super) async fn mark(connection: &mut SqliteConnection, id: i32) -> sqlx::Result<()> {
    let pragma = format!("PRAGMA application_id = {id}");
    connection.execute(AssertSqlSafe(pragma)).await?;
    Ok(())
}

fn move_aside(path: &Path, companion: &str) -> std::io::Result<()> {
    let named = |middle: &str| {
        let mut name: OsString = path.as_os_str().to_owned();
        name.push(middle);
        name.push(companion);
        name
    };
    match std::fs::rename(named(""), named(".stale")) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Ok(()) => {
            tracing::warn!(
                "moved a log of the database that was here before aside: {}",
                Path::new(&named(".stale")).display()
            );
            Ok(())
        }
        failed => failed,
    }
}
