//! Taking over a database that the Flask server left, where it lies.
//!
//! At every moment the path holds the old database or the finished new one, whenever the process is
//! killed: the new one is built under another name, checked, written through to the disk, and only then
//! renamed over the old one, which keeps a name of its own beside it. While this goes on the old file is
//! locked against writers, by SQLite's own lock: no row can be written that the new file lacks (on Windows
//! but for the moment of the rename).
//!
//! Nothing here opens the database's file but SQLite. To close any other handle of it would release the
//! locks that this process holds on it: POSIX says so.

use super::inspect::{self, Kind};
use super::{Claim, beside, connect, failure, files, flask};
use crate::{Error, Result};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteLockingMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// What is appended to the name of the file that is being built.
const BUILDING: &str = "migrating";
/// What is appended to the name of the old file once the new one stands in its place.
const BEFORE: &str = "before-muster";

/// Puts a database of ours in the place of the Flask server's at `path`.
pub(super) async fn in_place(path: &Path) -> Result<()> {
    files::check_writable(path).map_err(|error| failure::explain_io(path, &error))?;
    let _claim = match Claim::is_held_here(path) {
        true => None,
        false => Some(Claim::acquire(path)?),
    };
    let explain = |error| failure::explain(path, error);
    let Some(guard) = lock_out_writers(path).await? else {
        return Ok(());
    };
    let building = beside(path, BUILDING);
    let mut guard = Some(guard);
    let finished = replace(path, &building, &mut guard).await;
    release(&mut guard).await.map_err(explain)?;
    if finished.is_err() {
        // That it fails again would say less than why it failed first.
        let _ = clear(&building);
    }
    finished
}

/// Locks the old file against writers for as long as the connection lives. What a writer that died left
/// in a log or a journal beside the file is folded in first: it belongs to this file, and must not lie
/// beside the new one. `None` where another process has migrated the file meanwhile.
async fn lock_out_writers(path: &Path) -> Result<Option<SqliteConnection>> {
    let lock = async || {
        let mut guard = connect::plain(path).connect().await?;
        if inspect::kind(&mut guard).await? != Kind::Flask {
            return Ok(None);
        }
        // Before anything is changed: a damaged file stays as it is.
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
        Some((_, detail)) => Err(Error::Damaged {
            path: path.to_owned(),
            detail,
        }),
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
        "{} is a database of the Flask server: migrating a copy of it, {}",
        path.display(),
        building.display()
    );
    // The copy is made so that freed pages can go back to the file system in the background, as in one
    // that we began: this cannot be changed later.
    let source = connect::reader(path).pragma("auto_vacuum", "INCREMENTAL");
    copy(source, building).await?;
    let migration = |detail| Error::Migration {
        path: path.to_owned(),
        detail,
    };
    match convert(building).await {
        Ok(Ok(())) => {}
        Ok(Err(detail)) => return Err(migration(detail)),
        Err(error) => {
            return Err(match failure::explain(building, error) {
                Error::NotWritable { path, detail } => Error::NotWritable { path, detail },
                other => migration(other.to_string()),
            });
        }
    }
    files::sync(building).await.map_err(explain_io)?;
    files::copy_permissions(path, building).map_err(explain_io)?;
    let before = keep_original(path).await?;
    if cfg!(windows) {
        // There, no file is replaced that anybody has open. What a writer stored between this and the next line
        // would be in the old file alone; one that is still at it is told of, by the rename that fails.
        release(guard)
            .await
            .map_err(|error| failure::explain(path, error))?;
    }
    fs::rename(building, path).map_err(explain_io)?;
    // It is whole as it is; that strangers can read it on is not worth failing for.
    let _ = files::shut_out_strangers(&before);
    files::sync_folder_of(path).await.map_err(explain_io)?;
    tracing::info!(
        "{} is migrated; the database as it was lies in {}",
        path.display(),
        before.display()
    );
    Ok(())
}

/// Copies a database, through SQLite, into a new file that only its owner may read.
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

/// Makes the copy a database of ours, in one transaction. A complaint is what the checks found.
async fn convert(building: &Path) -> sqlx::Result<Result<(), String>> {
    // A file that is thrown away when anything goes wrong needs no journal, and is written through to
    // the disk once, at the end.
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

/// Gives the old file a second name, which it keeps when the new file takes the first. It never takes
/// the place of what an earlier migration kept.
async fn keep_original(path: &Path) -> Result<PathBuf> {
    let mut number = 1;
    loop {
        let before = match number {
            1 => beside(path, BEFORE),
            number => beside(path, &format!("{BEFORE}.{number}")),
        };
        match fs::hard_link(path, &before) {
            Ok(()) => return Ok(before),
            // A try that was killed just before the end left its second name.
            Err(_) if is_same_file(path, &before) => return Ok(before),
            Err(_) if before.symlink_metadata().is_ok() => number += 1,
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                return Err(failure::explain_io(&before, &error));
            }
            Err(_) => return copy_original(path, before).await,
        }
    }
}

/// What there is where a file system knows no second names.
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

/// Deletes what a try that was killed left.
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
