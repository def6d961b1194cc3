//! Whether the tables are those that we made: what a damaged schema says of them is asked before anything else is.

use super::{connect, failure, schema};
use crate::{Error, Result};
use sqlx::{ConnectOptions, Connection, Executor, Row, SqliteConnection};
use std::collections::BTreeSet;
use std::path::Path;

/// Each column as `table.column`.
const COLUMNS: &str = "SELECT CAST(m.name || '.' || i.name AS TEXT) \
    FROM sqlite_master m, pragma_table_info(m.name) i WHERE m.type = 'table'";

/// Columns of the newest schema that are not there.
pub(super) async fn missing(connection: &mut SqliteConnection) -> sqlx::Result<Vec<String>> {
    let mut fresh = SqliteConnection::connect("sqlite::memory:").await?;
    for step in schema::steps() {
        fresh.execute(step).await?;
    }
    let (expected, found) = (columns(&mut fresh).await?, columns(connection).await?);
    fresh.close().await?;
    Ok(expected.difference(&found).cloned().collect())
}

/// Refuses a database of the newest schema that lacks some of it.
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
        Some(column) => Err(Error::Damaged {
            path: path.to_owned(),
            detail: without(column),
        }),
    }
}

/// That a column is not there, in words.
pub(super) fn without(column: &str) -> String {
    format!("its tables are without {column}")
}

async fn columns(connection: &mut SqliteConnection) -> sqlx::Result<BTreeSet<String>> {
    let rows = sqlx::query(COLUMNS).fetch_all(connection).await?;
    rows.iter().map(|row| row.try_get(0)).collect()
}
