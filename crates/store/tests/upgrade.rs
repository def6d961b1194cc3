//! Every older schema of ours catches up, and what was stored under it is all there.

#![expect(clippy::unwrap_used, reason = "what is not as expected ends the test")]

mod common;

use common::{LAST_RELEASE, execute, folder_with, rows, value};
use muster_store::sqlite::{Missing, SqliteStore, verify};
use muster_store::{Computers, Events, NewComputer, Sample, Samples, Sealing};

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
         DROP TABLE months; DROP TABLE days; DROP TABLE hours; DROP TABLE series; DROP TABLE tokens; \
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
        "8"
    );
    // Nobody knows when its computers were added.
    assert_eq!(store.first_event_ms(1).await.unwrap(), None);
    assert!(store.seal_day(1, i64::MAX).await.unwrap() > 0);
    let after = store.samples(1, i64::MIN, i64::MAX, u32::MAX).await;
    assert_eq!(after.unwrap().len(), before.unwrap().len());
    store.close().await;
}

/// The chunks of months as schema 7 had them.
const CHUNKS_BEFORE: &str = "ALTER TABLE chunks RENAME TO later; \
    CREATE TABLE chunks (computer_id INTEGER NOT NULL, series_id INTEGER NOT NULL, month_ms INTEGER NOT NULL, \
        chunk BLOB NOT NULL, PRIMARY KEY (computer_id, series_id, month_ms)) WITHOUT ROWID; \
    INSERT INTO chunks SELECT computer_id, series_id, month_ms, chunk FROM later; \
    DROP TABLE later; PRAGMA user_version = 7";

#[tokio::test]
async fn months_come_along() {
    /// 2025-11-01 00:00 UTC, and so many samples of a day.
    const NOVEMBER_MS: i64 = 1_761_955_200_000;
    const A_DAY: i64 = 720;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("muster.db");
    let store = SqliteStore::open(&path, Missing::Create).await.unwrap();
    let new = NewComputer {
        name: "box".into(),
        url: "http://box:8000".into(),
        token: "t".into(),
        ..NewComputer::default()
    };
    let id = store.add_computer(&new).await.unwrap();
    let sample = |n: i64| Sample {
        computer_id: id,
        timestamp_ms: NOVEMBER_MS + n * (86_400_000 / A_DAY) + n % 7,
        cpu_percent: Some((n * 37 % 1_000) as f64 / 10.0),
        ..Sample::default()
    };
    let samples: Vec<_> = (0..31 * A_DAY).map(sample).collect();
    store.record(&samples, &[], &[]).await.unwrap();
    while store.seal_day(id, i64::MAX).await.unwrap() > 0 {}
    assert_eq!(store.merge_month(id, i64::MIN, i64::MAX).await.unwrap(), 30);
    store.close().await;
    execute(&path, CHUNKS_BEFORE).await;
    let count = value(&path, "SELECT count(*) FROM chunks").await;
    let store = SqliteStore::open(&path, Missing::Refuse).await.unwrap();
    assert_eq!(value(&path, "SELECT count(*) FROM chunks").await, count);
    let found = store.samples(id, i64::MIN, i64::MAX, u32::MAX).await;
    assert!(found.unwrap() == samples);
    store.close().await;
    assert_eq!(verify(&path).await.unwrap().problems, [""; 0]);
}

/// The steps from an empty file to the newest schema; the first three make schema 1.
fn steps() -> Vec<String> {
    let mut files: Vec<_> = std::fs::read_dir("migrations")
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
        .iter()
        .map(|file| std::fs::read_to_string(file).unwrap())
        .collect()
}

const HEADER: &str = "SELECT application_id FROM pragma_application_id";
const TABLES: &str = "SELECT quote(name) FROM sqlite_schema ORDER BY name";

#[tokio::test]
async fn every_older_schema_becomes_what_a_new_database_is() {
    let folder = tempfile::tempdir().unwrap();
    let fresh = folder.path().join("fresh.db");
    SqliteStore::open(&fresh, Missing::Create)
        .await
        .unwrap()
        .close()
        .await;
    let (application, tables) = (value(&fresh, HEADER).await, rows(&fresh, TABLES).await);
    let steps = steps();
    let newest = steps.len() - 2;
    for schema in 1..newest {
        let path = folder.path().join(format!("{schema}.db"));
        std::fs::write(&path, "").unwrap();
        execute(&path, &steps[..schema + 2].concat()).await;
        execute(
            &path,
            &format!(
                "INSERT INTO users (username, password_hash, role) VALUES ('ada', 'x', 'administrator');
                 INSERT INTO computers (name, url, token) VALUES ('box', 'http://box:8000', 't');
                 INSERT INTO stats (computer_id, timestamp, timestamp_ms, cpu_percent)
                    VALUES (1, '2025-11-19 18:00:00', 1763575200000, 12.5);
                 PRAGMA application_id = {application}; PRAGMA user_version = {schema}"
            ),
        )
        .await;
        let store = SqliteStore::open(&path, Missing::Refuse).await.unwrap();
        let found = store.samples(1, i64::MIN, i64::MAX, 10).await.unwrap();
        assert_eq!(found[0].cpu_percent, Some(12.5), "{schema}");
        store.close().await;
        assert_eq!(rows(&path, TABLES).await, tables, "{schema}");
        let report = verify(&path).await.unwrap();
        assert_eq!(report.problems, [""; 0], "{schema}");
        assert_eq!(report.schema, newest as i64);
    }
}
