//! What scripts left undone, put right at every start.

use sqlx::SqliteConnection;

/// The SHA-256 of `admin123`: the password that everybody knows.
pub(super) const DEFAULT_PASSWORD_SHA256: &str =
    "240be518fabd2724ddb6f04eeb1da5967448d7e831c08c8fa822809f74c720a9";

/// A moment out of the text in `timestamp`, or NULL where that is no date. SQLite would take a bare
/// number for a Julian day and the word "now" for now, so that only what begins as a date counts.
macro_rules! moment {
    () => {
        "CASE WHEN timestamp GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' THEN \
            CAST(round((julianday(timestamp) - 2440587.5) * 86400000.0) AS INTEGER) END"
    };
}
pub(super) use moment;

/// Rows of one computer that share a second lie at most this far apart.
const FURTHEST_MS: i64 = 10_000;

/// Gives moments to rows that were inserted without, and marks accounts that were inserted with the
/// password that everybody knows.
pub(super) async fn repair(connection: &mut SqliteConnection) -> sqlx::Result<()> {
    sqlx::query("UPDATE users SET default_password = 1 WHERE lower(password_hash) = ? AND default_password = 0")
        .bind(DEFAULT_PASSWORD_SHA256)
        .execute(&mut *connection)
        .await?;
    let mut placed = 0;
    // A row whose millisecond is taken waits for the next round, and the next millisecond.
    for further_ms in 0..FURTHEST_MS {
        if !is_any_unplaced(connection).await? {
            break;
        }
        placed += place(connection, further_ms).await?;
    }
    if placed > 0 {
        tracing::info!("took up {placed} samples that a script had inserted");
    }
    Ok(())
}

/// Whether any row waits for a moment that it can have.
pub(super) const UNPLACED: &str = concat!(
    "SELECT EXISTS (SELECT 1 FROM stats WHERE timestamp_ms IS NULL AND ",
    moment!(),
    " IS NOT NULL)"
);

/// Only the index over computer and moment can conflict here.
pub(super) const PLACE: &str = concat!(
    "UPDATE OR IGNORE stats SET timestamp_ms = ",
    moment!(),
    " + ? WHERE timestamp_ms IS NULL AND ",
    moment!(),
    " IS NOT NULL"
);

async fn is_any_unplaced(connection: &mut SqliteConnection) -> sqlx::Result<bool> {
    sqlx::query_scalar(UNPLACED).fetch_one(connection).await
}

async fn place(connection: &mut SqliteConnection, further_ms: i64) -> sqlx::Result<u64> {
    let placed = sqlx::query(PLACE)
        .bind(further_ms)
        .execute(connection)
        .await?;
    Ok(placed.rows_affected())
}
