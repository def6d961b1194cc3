//! Finds out what kind of file is at a path, without changing it.

use super::header::{APPLICATION_ID, BACKUP_ID};
use super::{connect, failure, header};
use crate::{Error, Result};
use sqlx::{ConnectOptions, Connection, Row, SqliteConnection};
use std::collections::BTreeSet;
use std::path::Path;

/// The smallest page, and so the smallest database.
const SMALLEST_BYTES: u64 = 512;

/// Columns that the Flask server's tables have.
const FLASK: [(&str, &str); 3] = [
    ("users", "id username password_hash created_at"),
    ("computers", "id name url token last_seen status"),
    (
        "stats",
        "id computer_id timestamp cpu_percent memory_total memory_used memory_percent disk_total \
         disk_used disk_percent network_bytes_sent network_bytes_recv",
    ),
];

/// The kind of a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// An empty file.
    Empty,
    /// A database of either release of the Flask server.
    Flask,
    /// A Muster database.
    Muster { schema: i64 },
    /// Another application's file; `detail` is the reason.
    Foreign { detail: String },
}

/// Finds out what kind of file `path` is.
pub(super) async fn inspect(path: &Path) -> Result<Kind> {
    let read = async |may_write: bool| {
        let options = connect::plain(path)
            .read_only(!may_write)
            .immutable(!may_write && header::is_still(path));
        let mut connection = options.connect().await?;
        let mut found = None;
        if are_text(&mut connection).await? {
            found = Some(kind(&mut connection).await?);
        }
        connection.close().await?;
        Ok(found)
    };
    let found = match read(false).await {
        Err(error) if failure::wants_writer(&error) => read(true).await,
        found => found,
    };
    let found = found.map_err(|error| failure::explain(path, error))?;
    let kind = found.ok_or_else(|| {
        Error::Damaged(path.to_owned(), "its schema is not valid text".to_owned())
    })?;
    match kind {
        // SQLite takes a file of one byte as empty, and would overwrite it.
        Kind::Empty if holds_something(path) => Ok(Kind::Foreign {
            detail: "it is too short".to_owned(),
        }),
        kind => Ok(kind),
    }
}

/// Whether a file that SQLite takes as empty has bytes.
fn holds_something(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|metadata| (1..SMALLEST_BYTES).contains(&metadata.len()))
}

/// The kind of an open file.
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
            "it belongs to another application, with the tables: {}",
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

/// The names of all tables and views except SQLite's own.
pub(super) async fn tables(connection: &mut SqliteConnection) -> sqlx::Result<BTreeSet<String>> {
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
        if !expected.split(' ').all(|column| columns.contains(column)) {
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
