//! Makes a database of many computers from the history of one: it is sealed once, and its tables are copied.
//!
//! The tables are looked up in the schema, so that renaming them does not break this.

use anyhow::Context as _;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};
use std::path::Path;

/// The tables to copy: all that belong to a computer, except those that hold no history. After sealing, `stats` has
/// only the newest row of a computer.
const TABLES: &str = "SELECT m.name FROM sqlite_schema m, pragma_table_info(m.name) c \
    WHERE m.type = 'table' AND c.name = 'computer_id' AND m.name NOT IN ('processes', 'events')";
const COLUMNS: &str =
    "SELECT group_concat(name) FROM pragma_table_info(?) WHERE name NOT IN ('id', 'computer_id')";
const COMPUTER: &str = "INSERT INTO computers (name, url, token, polled) \
    SELECT 'copy-' || ?, url, token, 0 FROM computers WHERE id = ? RETURNING id";

pub async fn copy_computers(path: &Path, computers: u32) -> anyhow::Result<()> {
    let options = SqliteConnectOptions::new().filename(path);
    let mut connection = SqliteConnection::connect_with(&options).await?;
    let first: Option<i64> = sqlx::query_scalar("SELECT min(id) FROM computers")
        .fetch_one(&mut connection)
        .await?;
    let first = first.context("the database has no computer")?;
    let tables: Vec<String> = sqlx::query_scalar(TABLES)
        .fetch_all(&mut connection)
        .await?;
    let mut transaction = connection.begin().await?;
    for number in 0..computers {
        let id = sqlx::query_scalar(COMPUTER).bind(number).bind(first);
        let id: i64 = id.fetch_one(&mut *transaction).await?;
        for table in &tables {
            copy_table(&mut transaction, table, first, id).await?;
        }
    }
    transaction.commit().await?;
    Ok(connection.close().await?)
}

async fn copy_table(
    connection: &mut SqliteConnection,
    table: &str,
    from: i64,
    to: i64,
) -> anyhow::Result<()> {
    let columns = sqlx::query_scalar(COLUMNS).bind(table);
    let columns: String = columns.fetch_one(&mut *connection).await?;
    let copy = AssertSqlSafe(format!(
        "INSERT INTO {table} (computer_id, {columns}) SELECT ?, {columns} FROM {table} WHERE computer_id = ?"
    ));
    sqlx::query(copy)
        .bind(to)
        .bind(from)
        .execute(connection)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::{database, generated::small_history};
    use super::copy_computers;
    use muster_store::sqlite::{Missing, SqliteStore};
    use muster_store::{Computers as _, Samples as _};

    #[tokio::test]
    async fn copies_have_the_sealed_samples_and_the_newest() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("stats.db");
        database::fill_database(&path, &small_history(), true, "test")
            .await
            .unwrap();
        copy_computers(&path, 3).await.unwrap();
        let store = SqliteStore::open(&path, Missing::Refuse).await.unwrap();
        let computers = store.computers().await.unwrap();
        assert_eq!(computers.len(), 5);
        for computer in computers {
            assert!(!computer.polled);
            let samples = store.samples(computer.id, 0, i64::MAX, 10).await.unwrap();
            assert_eq!(samples.len(), 2, "{}", computer.name);
        }
        store.close().await;
    }
}
