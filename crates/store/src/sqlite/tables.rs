//! Compares the tables with the schema, before anything else reads a possibly damaged schema.

use super::{connect, failure, schema};
use crate::{Error, Result};
use sqlx::{ConnectOptions, Connection, Executor, Row, SqliteConnection};
use std::collections::BTreeSet;
use std::path::Path;

/// Each column as `table.column`.
const COLUMNS: &str = "SELECT CAST(m.name || '.' || i.name AS TEXT) \
    FROM sqlite_master m, pragma_table_info(m.name) i WHERE m.type = 'table'";

/// Columns of the newest schema that the database lacks.
pub(super) async fn missing(connection: &mut SqliteConnection) -> sqlx::Result<Vec<String>> {
    let mut fresh = SqliteConnection::connect("sqlite::memory:").await?;
    for step in schema::steps() {
        fresh.execute(step).await?;
    }
    let (expected, found) = (columns(&mut fresh).await?, columns(connection).await?);
    fresh.close().await?;
    Ok(expected.difference(&found).cloned().collect())
}

/// Refuses a database of the newest schema that lacks columns.
pub(super) async fn check(path: &Path) -> Result<()> {
    let look = async || {
        let mut connection = connect::reader(path).connect().await?;
        let missing = missing(&mut connection).await?;
        connection.close().await?;
        Ok(missing)
    };
    let missing = look()
        .await
        .map_err(|error| failure::explain(path, error))?;
    match missing.first() {
        None => Ok(()),
        Some(column) => Err(Error::Damaged(path.to_owned(), without(column))),
    }
}

/// The message for a missing column.
pub(super) fn without(column: &str) -> String {
    format!("the column {column} is missing")
}

async fn columns(connection: &mut SqliteConnection) -> sqlx::Result<BTreeSet<String>> {
    let rows = sqlx::query(COLUMNS).fetch_all(connection).await?;
    rows.iter().map(|row| row.try_get(0)).collect()
}
