//! Adopts rows that another program inserted while no server ran: once, when the database is opened.

use sqlx::{Executor as _, SqliteConnection};

/// The SHA-256 of `admin123`, the Flask server's default password.
pub(super) const DEFAULT_PASSWORD_SHA256: &str =
    "240be518fabd2724ddb6f04eeb1da5967448d7e831c08c8fa822809f74c720a9";

/// The column `timestamp` in Unix milliseconds, or NULL if it is not a date. SQLite would also accept a bare
/// number (as a Julian day) and the word "now", so the text must begin like a date.
macro_rules! timestamp_as_ms {
    () => {
        "CASE WHEN timestamp GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' THEN \
            CAST(round((julianday(timestamp) - 2440587.5) * 86400000.0) AS INTEGER) END"
    };
}
pub(super) use timestamp_as_ms;

/// A sample moves by at most this much to a free millisecond if its computer has others of the same second.
const MAX_SHIFT_MS: i64 = 10_000;

/// In SQLite's order, text and blobs follow all numbers. After this, `timestamp_ms` is a number or NULL.
pub(super) const CLEAR_TEXT: &str = "UPDATE stats SET timestamp_ms = NULL WHERE timestamp_ms >= ''";

pub(super) const IS_ANY_UNDATED: &str = concat!(
    "SELECT EXISTS (SELECT 1 FROM stats WHERE timestamp_ms IS NULL AND ",
    timestamp_as_ms!(),
    " IS NOT NULL)"
);

/// Skips rows whose millisecond is taken: only the index over moment and computer can conflict.
pub(super) const DATE: &str = concat!(
    "UPDATE OR IGNORE stats SET timestamp_ms = ",
    timestamp_as_ms!(),
    " + ? WHERE timestamp_ms IS NULL AND ",
    timestamp_as_ms!(),
    " IS NOT NULL"
);

const ADD_EVENTS: &str = "INSERT INTO events (computer_id, at_ms, kind) \
    SELECT id, CAST(round(unixepoch('subsec') * 1000.0) AS INTEGER), 'added' FROM computers \
    WHERE id > coalesce((SELECT value FROM revisions WHERE name = 'computers_added'), 0)";
const MARK_ADDED: &str = "INSERT OR REPLACE INTO revisions (name, value) \
    SELECT 'computers_added', max(id) FROM computers";

/// Marks accounts that have the default password, dates samples, and announces new computers.
pub(super) async fn adopt_rows(connection: &mut SqliteConnection) -> sqlx::Result<()> {
    sqlx::query("UPDATE users SET default_password = 1 WHERE lower(password_hash) = ? AND default_password = 0")
        .bind(DEFAULT_PASSWORD_SHA256)
        .execute(&mut *connection)
        .await?;
    announce_new_computers(connection).await?;
    connection.execute(CLEAR_TEXT).await?;
    let mut dated = 0;
    for shift_ms in 0..MAX_SHIFT_MS {
        let is_any_undated = sqlx::query_scalar(IS_ANY_UNDATED);
        if !is_any_undated.fetch_one(&mut *connection).await? {
            break;
        }
        let date = sqlx::query(DATE).bind(shift_ms);
        dated += date.execute(&mut *connection).await?.rows_affected();
    }
    if dated > 0 {
        tracing::info!("adopted {dated} samples that another program had inserted");
    }
    Ok(())
}

/// Writes the first event of each computer that has none yet, and counts the revision if there is one.
pub(super) async fn announce_new_computers(connection: &mut SqliteConnection) -> sqlx::Result<()> {
    if connection.execute(ADD_EVENTS).await?.rows_affected() > 0 {
        connection.execute(MARK_ADDED).await?;
        count_revision(connection).await?;
    }
    Ok(())
}

/// Raises the revision, so that every process that serves this database reloads its computers.
pub(super) async fn count_revision(connection: &mut SqliteConnection) -> sqlx::Result<()> {
    connection
        .execute("UPDATE revisions SET value = value + 1 WHERE name = 'computers'")
        .await?;
    Ok(())
}
