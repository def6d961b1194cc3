//! Options of connections to SQLite.

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
/// Restores `BUSY_TIMEOUT` after a temporary change.
pub(super) const RESTORE_BUSY_TIMEOUT: &str = "PRAGMA busy_timeout = 5000";
/// The number of reading connections.
const READERS: u32 = 4;
/// The log is written back into the file at this many pages of 4 KiB. Each second's batch changes some hundred
/// pages, many of them repeatedly: the longer the log, the fewer of them are written twice.
const CHECKPOINT_PAGES: &str = "4000";
/// A log that a long read let grow beyond this is truncated to it.
const JOURNAL_BYTES: &str = "33554432";

/// Options that do not change the file's settings.
pub(super) fn plain(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(BUSY_TIMEOUT)
        .foreign_keys(false)
        .disable_statement_logging()
}

/// Options to create the tables of an empty file.
pub(super) fn creator(path: &Path) -> SqliteConnectOptions {
    // SQLite can return free pages to the file system only if this was set before the first table was created.
    plain(path).auto_vacuum(SqliteAutoVacuum::Incremental)
}

/// Options of the writing connection.
fn writer(path: &Path) -> SqliteConnectOptions {
    plain(path)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
        .pragma("journal_size_limit", JOURNAL_BYTES)
        .pragma("cache_size", "-8000")
        // Otherwise statements of many rows write their undo data to a file.
        .pragma("temp_store", "MEMORY")
        .optimize_on_close(true, 400)
}

/// Options to read a file that this process does not have open: they depend on its header.
pub(super) fn reader_of_closed(path: &Path) -> SqliteConnectOptions {
    reader(path).immutable(header::is_still(path))
}

/// Options to read.
pub(super) fn reader(path: &Path) -> SqliteConnectOptions {
    plain(path)
        .read_only(true)
        .row_buffer_size(256)
        .pragma("cache_size", "-2000")
}

/// A pool with the one writing connection, in which writers queue.
pub(super) async fn writer_pool(path: &Path) -> sqlx::Result<SqlitePool> {
    pool_options(1).connect_with(writer(path)).await
}

/// A pool of reading connections.
pub(super) async fn reader_pool(path: &Path) -> sqlx::Result<SqlitePool> {
    pool_options(READERS).connect_with(reader(path)).await
}

fn pool_options(connections: u32) -> SqlitePoolOptions {
    // Local connections do not break, so none is tested or replaced for its age. But if SQLite itself rolled back a
    // transaction (on a full disk), the driver still counts it as open and cannot begin another: such a connection
    // is replaced.
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
