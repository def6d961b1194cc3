//! An older schema of ours catches up, and what was stored under it is all there.

#![expect(clippy::unwrap_used, reason = "what is not as expected ends the test")]

mod common;

use common::{LAST_RELEASE, execute, folder_with, value};
use muster_store::sqlite::{Missing, SqliteStore};
use muster_store::{Events, Samples, Sealing};

#[tokio::test]
async fn an_older_schema_of_ours_catches_up() {
    let (_folder, path) = folder_with(LAST_RELEASE);
    let store = SqliteStore::open(&path, Missing::Refuse).await.unwrap();
    let before = store.samples(1, i64::MIN, i64::MAX, u32::MAX).await;
    store.close().await;
    // As the first schema was: without sealed days and without events.
    execute(
        &path,
        "DROP TRIGGER computers_added; DROP TABLE events; DROP TABLE chunks; DROP TABLE audit; \
         DROP TRIGGER computers_changed; ALTER TABLE computers DROP COLUMN tls_sha256; \
         ALTER TABLE computers DROP COLUMN boot_id; ALTER TABLE computers DROP COLUMN agent_run; \
         ALTER TABLE computers DROP COLUMN complete_run; \
         ALTER TABLE computers DROP COLUMN complete_sequence; \
         ALTER TABLE computers DROP COLUMN complete_ms; \
         DROP TABLE months; DROP TABLE days; DROP TABLE series; DROP TABLE tokens; \
         ALTER TABLE computers DROP COLUMN tags; ALTER TABLE computers DROP COLUMN note; \
         ALTER TABLE sessions DROP COLUMN address; ALTER TABLE sessions DROP COLUMN browser; \
         CREATE TRIGGER computers_changed AFTER UPDATE OF name ON computers BEGIN \
            UPDATE revisions SET value = value + 1 WHERE name = 'computers'; END; \
         PRAGMA user_version = 1",
    )
    .await;
    let store = SqliteStore::open(&path, Missing::Refuse).await.unwrap();
    assert_eq!(
        value(&path, "SELECT user_version FROM pragma_user_version").await,
        "6"
    );
    // Nobody knows when its computers were added.
    assert_eq!(store.first_event_ms(1).await.unwrap(), None);
    assert!(store.seal_day(1, i64::MAX).await.unwrap() > 0);
    let after = store.samples(1, i64::MIN, i64::MAX, u32::MAX).await;
    assert_eq!(after.unwrap().len(), before.unwrap().len());
    store.close().await;
}
