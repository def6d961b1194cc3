//! Renames tables and columns of a Flask database's owner whose names Muster needs.
//!
//! Their data stays under the new name. The needed names are read from the schema itself, created in memory, so that
//! no list has to follow it.

use super::inspect::{columns, tables};
use super::schema::{COLUMNS, FLASK};
use sqlx::{AssertSqlSafe, Connection, Executor, SqliteConnection};
use std::collections::BTreeSet;

/// Appended to a renamed table or column.
const SUFFIX: &str = "_before_muster";

/// Frees the names that Muster needs.
pub(super) async fn set_aside(connection: &mut SqliteConnection) -> sqlx::Result<()> {
    let mut model = SqliteConnection::connect("sqlite::memory:").await?;
    model.execute(FLASK).await?;
    let theirs = tables(&mut model).await?;
    let flask_columns = columns_of(&mut model, &theirs).await?;
    model.execute(COLUMNS).await?;
    let ours = tables(&mut model).await?;
    for table in ours.difference(&theirs) {
        free_table(connection, table).await?;
    }
    let processes = columns(&mut model, "processes").await?;
    if !processes.is_subset(&columns(connection, "processes").await?) {
        free_table(connection, "processes").await?;
    }
    let needed = columns_of(&mut model, &theirs).await?;
    for (table, column) in needed.difference(&flask_columns) {
        free_column(connection, table, column).await?;
    }
    model.close().await
}

async fn free_table(connection: &mut SqliteConnection, table: &str) -> sqlx::Result<()> {
    if columns(connection, table).await?.is_empty() {
        return Ok(());
    }
    tracing::warn!("renamed the table {table} to {table}{SUFFIX}: Muster needs the name");
    let rename = format!("ALTER TABLE \"{table}\" RENAME TO \"{table}{SUFFIX}\"");
    connection.execute(AssertSqlSafe(rename)).await?;
    Ok(())
}

async fn free_column(
    connection: &mut SqliteConnection,
    table: &str,
    column: &str,
) -> sqlx::Result<()> {
    if !columns(connection, table).await?.contains(column) {
        return Ok(());
    }
    tracing::warn!("renamed {table}.{column} to {column}{SUFFIX}: Muster needs the name");
    let rename =
        format!("ALTER TABLE \"{table}\" RENAME COLUMN \"{column}\" TO \"{column}{SUFFIX}\"");
    connection.execute(AssertSqlSafe(rename)).await?;
    Ok(())
}

async fn columns_of(
    connection: &mut SqliteConnection,
    tables: &BTreeSet<String>,
) -> sqlx::Result<BTreeSet<(String, String)>> {
    let mut all = BTreeSet::new();
    for table in tables {
        let columns = columns(connection, table).await?;
        all.extend(columns.into_iter().map(|column| (table.clone(), column)));
    }
    Ok(all)
}
