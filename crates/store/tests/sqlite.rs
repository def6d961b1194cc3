//! SQLite passes the contract that every store passes.

#![expect(clippy::unwrap_used, reason = "what is not as expected ends the test")]

mod contract;

use muster_store::sqlite::{Missing, SqliteStore};
use tempfile::TempDir;

async fn open() -> (SqliteStore, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("stats.db"), Missing::Create).await;
    (store.unwrap(), folder)
}

contract::suite!(crate::open);
