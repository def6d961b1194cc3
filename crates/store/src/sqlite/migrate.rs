//! Migrates a database of the Flask server in place.
//!
//! At every moment the path holds the old database or the finished new one, even after a kill. The new one is built
//! under another name, checked and synced, and then renamed over the old one, which keeps another name. Meanwhile
//! SQLite's own lock keeps writers out of the old file, so that no row is lost (except on Windows during the
//! rename).
//!
//! Only SQLite opens the database's file: closing any other handle would release this process's locks on it (POSIX).

use super::inspect::{self, Kind};
use super::{Claim, beside, connect, failure, files, flask};
use crate::{Error, Result};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteLockingMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Appended to the name of the file being built.
const BUILDING: &str = "migrating";
/// Appended to the name of the old file.
const BEFORE: &str = "before-muster";

/// Replaces the Flask database at `path` with a Muster database.
pub(super) async fn in_place(path: &Path) -> Result<()> {
    files::check_writable(path).map_err(|error| failure::explain_io(path, &error))?;
    let is_held = Claim::is_held_here(path);
    let _claim = (!is_held).then(|| Claim::acquire(path)).transpose()?;
    let explain = |error| failure::explain(path, error);
    let Some(guard) = lock_out_writers(path).await? else {
        return Ok(());
    };
    let building = beside(path, BUILDING);
    let mut guard = Some(guard);
    let finished = replace(path, &building, &mut guard).await;
    release(&mut guard).await.map_err(explain)?;
    if finished.is_err() {
        // The first error matters more than another one.
        let _ = clear(&building);
    }
    finished
}

/// Locks the old file against writers until the connection is closed. First it writes back the log or the journal
/// that a dead writer left: it belongs to the old file, and must not remain beside the new one. Returns `None` if
/// another process has migrated the file.
async fn lock_out_writers(path: &Path) -> Result<Option<SqliteConnection>> {
    let lock = async || {
        let mut guard = connect::plain(path).connect().await?;
        if inspect::kind(&mut guard).await? != Kind::Flask {
            return Ok(None);
        }
        // A damaged file is not changed.
        let found: String = sqlx::query_scalar("PRAGMA quick_check(1)")
            .fetch_one(&mut guard)
            .await?;
        if found == "ok" {
            sqlx::query("PRAGMA journal_mode = DELETE")
                .fetch_one(&mut guard)
                .await?;
            sqlx::query("BEGIN IMMEDIATE").execute(&mut guard).await?;
        }
        Ok(Some((guard, found)))
    };
    match lock()
        .await
        .map_err(|error| failure::explain(path, error))?
    {
        None => Ok(None),
        Some((guard, found)) if found == "ok" => Ok(Some(guard)),
        Some((_, detail)) => Err(Error::Damaged(path.to_owned(), detail)),
    }
}

async fn release(guard: &mut Option<SqliteConnection>) -> sqlx::Result<()> {
    match guard.take() {
        Some(guard) => guard.close().await,
        None => Ok(()),
    }
}

/// Builds the new file and renames it over the old one.
async fn replace(path: &Path, building: &Path, guard: &mut Option<SqliteConnection>) -> Result<()> {
    let explain_io = |error| failure::explain_io(building, &error);
    clear(building).map_err(explain_io)?;
    tracing::info!(
        "migrating the Flask database {} in a copy, {}",
        path.display(),
        building.display()
    );
    // The setting that returns free pages to the file system cannot be changed later.
    let source = connect::reader(path).pragma("auto_vacuum", "INCREMENTAL");
    copy(source, building).await?;
    let migration = |detail| Error::Migration(path.to_owned(), detail);
    match convert(building).await {
        Ok(Ok(())) => {}
        Ok(Err(detail)) => return Err(migration(detail)),
        Err(error) => {
            return Err(match failure::explain(building, error) {
                Error::NotWritable(path, detail) => Error::NotWritable(path, detail),
                other => migration(other.to_string()),
            });
        }
    }
    files::sync(building).await.map_err(explain_io)?;
    files::copy_permissions(path, building).map_err(explain_io)?;
    let before = keep_original(path).await?;
    if cfg!(windows) {
        // Windows does not replace open files. A row written before the next line is only in the old file; a writer
        // that still has the file open makes the rename fail.
        release(guard)
            .await
            .map_err(|error| failure::explain(path, error))?;
    }
    fs::rename(building, path).map_err(explain_io)?;
    // The migration is complete; open permissions of the old file are no reason to fail.
    let _ = files::shut_out_strangers(&before);
    files::sync_folder_of(path).await.map_err(explain_io)?;
    tracing::info!(
        "migrated {}; the old database is {}",
        path.display(),
        before.display()
    );
    Ok(())
}

/// Copies a database with SQLite into a new file that only its owner can read.
pub(super) async fn copy(source: SqliteConnectOptions, to: &Path) -> Result<()> {
    files::create_private(to, true).map_err(|error| failure::explain_io(to, &error))?;
    let copy = async || {
        let mut connection = source.connect().await?;
        sqlx::query("VACUUM INTO ?")
            .bind(to.to_string_lossy().into_owned())
            .execute(&mut connection)
            .await?;
        connection.close().await
    };
    copy().await.map_err(|error| failure::explain(to, error))
}

/// Converts the copy in one transaction. Returns the problem that the checks found.
async fn convert(building: &Path) -> sqlx::Result<Result<(), String>> {
    // The file is discarded if anything fails, so it needs no journal and one sync at the end.
    let options = connect::plain(building)
        .locking_mode(SqliteLockingMode::Exclusive)
        .journal_mode(SqliteJournalMode::Off)
        .synchronous(SqliteSynchronous::Off)
        .pragma("cache_size", "-65536");
    let mut connection = options.connect().await?;
    let mut transaction = connection.begin().await?;
    let complaint = flask::convert(&mut transaction).await?;
    transaction.commit().await?;
    let found: String = sqlx::query_scalar("PRAGMA integrity_check(1)")
        .fetch_one(&mut connection)
        .await?;
    connection.close().await?;
    Ok(match complaint {
        None if found == "ok" => Ok(()),
        None => Err(found),
        Some(complaint) => Err(complaint),
    })
}

/// Gives the old file a second name, which it keeps after the rename. Never overwrites the file of an earlier
/// migration.
async fn keep_original(path: &Path) -> Result<PathBuf> {
    let mut number = 1;
    loop {
        let before = match number {
            1 => beside(path, BEFORE),
            number => beside(path, &format!("{BEFORE}.{number}")),
        };
        match fs::hard_link(path, &before) {
            Ok(()) => return Ok(before),
            // A killed attempt left this name.
            Err(_) if is_same_file(path, &before) => return Ok(before),
            Err(_) if before.symlink_metadata().is_ok() => number += 1,
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                return Err(failure::explain_io(&before, &error));
            }
            Err(_) => return copy_original(path, before).await,
        }
    }
}

/// Copies the old file on file systems without hard links.
async fn copy_original(path: &Path, before: PathBuf) -> Result<PathBuf> {
    let explain_io = |error| failure::explain_io(&before, &error);
    let copied = copy(connect::reader(path), &before).await;
    if copied.is_err() {
        let _ = fs::remove_file(&before);
    }
    copied?;
    files::sync(&before).await.map_err(explain_io)?;
    files::copy_permissions(path, &before).map_err(explain_io)?;
    Ok(before)
}

#[cfg(unix)]
fn is_same_file(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let identity = |path: &Path| {
        let metadata = path.symlink_metadata().ok()?;
        Some((metadata.dev(), metadata.ino()))
    };
    identity(one).is_some() && identity(one) == identity(other)
}

#[cfg(not(unix))]
fn is_same_file(_: &Path, _: &Path) -> bool {
    false
}

/// Deletes the remains of a killed attempt.
fn clear(building: &Path) -> std::io::Result<()> {
    for suffix in ["", "-journal", "-wal", "-shm"] {
        let mut name = building.as_os_str().to_owned();
        name.push(suffix);
        files::remove_if_there(Path::new(&name))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_original_is_kept_where_there_are_no_second_names() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("stats.db");
        fs::copy("tests/fixtures/flask.db", &path).unwrap();
        let before = copy_original(&path, beside(&path, BEFORE)).await.unwrap();
        assert_eq!(inspect::inspect(&before).await.unwrap(), Kind::Flask);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(&before), mode(&path) & 0o770);
        }
    }

    #[tokio::test]
    async fn a_name_that_is_taken_is_passed_over_and_ones_own_is_taken_up() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("stats.db");
        fs::write(&path, "old").unwrap();
        fs::write(beside(&path, BEFORE), "an earlier one").unwrap();
        let second = keep_original(&path).await.unwrap();
        assert_eq!(second, beside(&path, "before-muster.2"));
        assert_eq!(keep_original(&path).await.unwrap(), second);
        assert_eq!(fs::read(beside(&path, BEFORE)).unwrap(), b"an earlier one");
    }
}
