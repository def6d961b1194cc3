//! What lies at a path, found out without changing it.

use super::header::{APPLICATION_ID, BACKUP_ID};
use super::{connect, failure, header};
use crate::{Error, Result};
use sqlx::{ConnectOptions, Connection, Row, SqliteConnection};
use std::collections::BTreeSet;
use std::path::Path;

/// One page of the smallest size: no database is shorter.
const SMALLEST_BYTES: u64 = 512;

/// Columns without which a table is not the Flask server's.
const FLASK: [(&str, &[&str]); 3] = [
    ("users", &["id", "username", "password_hash", "created_at"]),
    (
        "computers",
        &["id", "name", "url", "token", "last_seen", "status"],
    ),
    (
        "stats",
        &[
            "id",
            "computer_id",
            "timestamp",
            "cpu_percent",
            "memory_total",
            "memory_used",
            "memory_percent",
            "disk_total",
            "disk_used",
            "disk_percent",
            "network_bytes_sent",
            "network_bytes_recv",
        ],
    ),
];

/// What lies at a path.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing yet.
    Empty,
    /// What the Flask server left, in either release.
    Flask,
    /// A database of ours, of some schema.
    Muster { schema: i64 },
    /// Another application's; the detail says how that shows.
    Foreign { detail: String },
}

/// Finds out what lies at `path`.
pub(super) async fn inspect(path: &Path) -> Result<Kind> {
    let read = async |may_write: bool| {
        let options = connect::plain(path)
            .read_only(!may_write)
            .immutable(!may_write && header::is_still(path));
        let mut connection = options.connect().await?;
        let is_text = are_text(&mut connection).await?;
        let kind = match is_text {
            true => Some(kind(&mut connection).await?),
            false => None,
        };
        connection.close().await?;
        Ok(kind)
    };
    let found = match read(false).await {
        Err(error) if failure::wants_writer(&error) => read(true).await,
        found => found,
    };
    let found = found.map_err(|error| failure::explain(path, error))?;
    let kind = found.ok_or_else(|| Error::Damaged {
        path: path.to_owned(),
        detail: "what it says of its tables is no text".to_owned(),
    })?;
    match kind {
        // SQLite takes a file of one byte for an empty one, and would write over that byte.
        Kind::Empty if holds_something(path) => Ok(Kind::Foreign {
            detail: "it is too short for one".to_owned(),
        }),
        kind => Ok(kind),
    }
}

/// Whether a file that SQLite calls empty has bytes in it, too few for a database.
fn holds_something(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|metadata| (1..SMALLEST_BYTES).contains(&metadata.len()))
}

/// The same over a connection.
pub(super) async fn kind(connection: &mut SqliteConnection) -> sqlx::Result<Kind> {
    let application_id: i32 = number(connection, "PRAGMA application_id").await? as i32;
    let schema = number(connection, "PRAGMA user_version").await?;
    let tables = tables(connection).await?;
    if [APPLICATION_ID, BACKUP_ID].contains(&application_id) {
        return Ok(Kind::Muster { schema });
    }
    if application_id == 0 && tables.is_empty() {
        return Ok(Kind::Empty);
    }
    if application_id == 0 && is_flask(connection, &tables).await? {
        return Ok(Kind::Flask);
    }
    let tables: Vec<String> = tables.into_iter().take(10).collect();
    Ok(Kind::Foreign {
        detail: format!(
            "another application's, with the tables: {}",
            tables.join(", ")
        ),
    })
}

/// Whether the schema is valid text. The driver panics on a column whose type is not.
async fn are_text(connection: &mut SqliteConnection) -> sqlx::Result<bool> {
    let rows = sqlx::query(
        "SELECT CAST(name AS BLOB), CAST(coalesce(sql, '') AS BLOB) FROM sqlite_master",
    )
    .fetch_all(connection)
    .await?;
    let is_text = |bytes: Vec<u8>| std::str::from_utf8(&bytes).is_ok();
    for row in &rows {
        if !is_text(row.try_get(0)?) || !is_text(row.try_get(1)?) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The names of all tables and views but SQLite's own.
async fn tables(connection: &mut SqliteConnection) -> sqlx::Result<BTreeSet<String>> {
    let names: Vec<String> = sqlx::query_scalar(
        "SELECT CAST(name AS TEXT) FROM sqlite_master \
         WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite~_%' ESCAPE '~'",
    )
    .fetch_all(connection)
    .await?;
    Ok(names.into_iter().collect())
}

async fn is_flask(
    connection: &mut SqliteConnection,
    tables: &BTreeSet<String>,
) -> sqlx::Result<bool> {
    for (table, expected) in FLASK {
        if !tables.contains(table) {
            return Ok(false);
        }
        let columns = columns(connection, table).await?;
        if !expected.iter().all(|column| columns.contains(*column)) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The names of a table's columns.
pub(super) async fn columns(
    connection: &mut SqliteConnection,
    table: &str,
) -> sqlx::Result<BTreeSet<String>> {
    let rows = sqlx::query("SELECT name FROM pragma_table_info(?)")
        .bind(table)
        .fetch_all(connection)
        .await?;
    rows.iter().map(|row| row.try_get(0)).collect()
}

async fn number(connection: &mut SqliteConnection, statement: &'static str) -> sqlx::Result<i64> {
    let row = sqlx::query(statement).fetch_one(connection).await?;
    row.try_get(0)
}
