//! How connections to SQLite are set up.

use super::header;
use sqlx::sqlite::{
    SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection};
use std::path::Path;
use std::time::Duration;

/// How long a statement waits for another connection's lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// The same, for who shortened it for a moment.
pub(super) const RESTORE_BUSY_TIMEOUT: &str = "PRAGMA busy_timeout = 5000";
/// How many connections read beside the one that writes.
const READERS: u32 = 4;
/// The log is folded into the file once it holds this many pages of 4 KiB. A batch a second dirties some
/// hundred pages, many of them the same ones again: the longer the log, the fewer of them are written
/// twice.
const CHECKPOINT_PAGES: &str = "4000";
/// What a log that grew beyond this (a long reader held it) is cut down to.
const JOURNAL_BYTES: &str = "33554432";

/// A connection that changes nothing about the file's own settings.
pub(super) fn plain(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(BUSY_TIMEOUT)
        .foreign_keys(false)
        .disable_statement_logging()
}

/// A connection that makes the tables of an empty file.
pub(super) fn creator(path: &Path) -> SqliteConnectOptions {
    // Freed pages can go back to the file system in the background only where this was set before the
    // first table was made.
    plain(path).auto_vacuum(SqliteAutoVacuum::Incremental)
}

/// The one connection that writes.
fn writer(path: &Path) -> SqliteConnectOptions {
    plain(path)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
        .pragma("journal_size_limit", JOURNAL_BYTES)
        .pragma("cache_size", "-8000")
        // What a statement of many rows could have to take back would go through a file otherwise.
        .pragma("temp_store", "MEMORY")
        .optimize_on_close(true, 400)
}

/// A connection that only reads, of a file that nobody in this process has open: its header is looked at.
pub(super) fn reader_of_closed(path: &Path) -> SqliteConnectOptions {
    reader(path).immutable(header::is_still(path))
}

/// A connection that only reads.
pub(super) fn reader(path: &Path) -> SqliteConnectOptions {
    plain(path)
        .read_only(true)
        .row_buffer_size(256)
        .pragma("cache_size", "-2000")
}

/// A pool of the one connection that writes: who waits for it waits in line, in this process.
pub(super) async fn writer_pool(path: &Path) -> sqlx::Result<SqlitePool> {
    pool_options(1).connect_with(writer(path)).await
}

/// The connections that read beside it.
pub(super) async fn reader_pool(path: &Path) -> sqlx::Result<SqlitePool> {
    pool_options(READERS).connect_with(reader(path)).await
}

fn pool_options(connections: u32) -> SqlitePoolOptions {
    // There is no network that could drop a connection: none is tested, aged or closed for idleness.
    // But where a transaction failed so badly that SQLite itself rolled it back (the disk was full), the
    // driver still counts it as open, and would begin none any more: such a connection is replaced.
    SqlitePoolOptions::new()
        .before_acquire(|connection, _| {
            let is_usable = !connection.is_in_transaction();
            Box::pin(async move { Ok(is_usable) })
        })
        .max_connections(connections)
        .test_before_acquire(false)
        .max_lifetime(None)
        .idle_timeout(None)
}
