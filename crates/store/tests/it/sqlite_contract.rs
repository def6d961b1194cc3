//! SQLite passes the contract of all stores.

use muster_store::sqlite::{Missing, SqliteStore};
use tempfile::TempDir;

async fn open() -> (SqliteStore, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("stats.db"), Missing::Create).await;
    (store.unwrap(), folder)
}

crate::contract::suite!(crate::sqlite_contract::open);
