//! Every older schema is upgraded, and keeps its data.

use crate::common::{
    LAST_RELEASE, beside, computer, execute, folder_with, migrations, newest_schema,
    open_and_close, rows, value,
};
use muster_store::sqlite::{Missing, SqliteStore, verify};
use muster_store::{
    Computers, Event, EventKind, Events, Evidence, HistorySealing, Reason, Sample, Samples,
};
use std::path::Path;

async fn open(path: &Path, missing: Missing) -> SqliteStore {
    SqliteStore::open(path, missing).await.unwrap()
}

#[tokio::test]
async fn the_first_schema_catches_up() {
    let (folder, path) = folder_with(LAST_RELEASE);
    let flask = beside(&path, ".flask");
    std::fs::rename(&path, &flask).unwrap();
    let fresh = folder.path().join("fresh.db");
    open_and_close(&fresh).await;
    // Without sealed days and without events.
    std::fs::write(&path, "").unwrap();
    execute(&path, &migrations()[..3].concat()).await;
    execute(
        &path,
        &format!(
            "ATTACH '{}' AS flask;
             INSERT INTO computers (id, name, url, token) SELECT id, name, url, token FROM flask.computers;
             INSERT OR IGNORE INTO stats (computer_id, timestamp, timestamp_ms, cpu_percent)
                SELECT computer_id, timestamp, strftime('%s', timestamp) * 1000, cpu_percent FROM flask.stats
                WHERE computer_id IN (SELECT id FROM flask.computers);
             PRAGMA application_id = {}; PRAGMA user_version = 1",
            flask.display(),
            value(&fresh, HEADER).await,
        ),
    )
    .await;
    let count = value(&path, "SELECT count(*) FROM stats WHERE computer_id = 1").await;
    let store = open(&path, Missing::Refuse).await;
    // The moment at which its computers were added is not known.
    assert_eq!(store.first_event_ms(1).await.unwrap(), None);
    assert!(store.seal_day(1, i64::MAX).await.unwrap() > 0);
    let after = store.samples(1, i64::MIN, i64::MAX, u32::MAX).await;
    assert_eq!(after.unwrap().len().to_string(), count);
    store.close().await;
}

/// Copies the samples of a newest database into a new one of schema 7.
async fn copy_into_schema_7(from: &Path, to: &Path) {
    std::fs::write(to, "").unwrap();
    execute(to, &migrations()[..9].concat()).await;
    execute(
        to,
        &format!(
            "ATTACH '{}' AS newest;
             INSERT INTO computers (id, name, url, token) SELECT id, name, url, token FROM newest.computers;
             INSERT OR IGNORE INTO series SELECT * FROM newest.series;
             INSERT INTO stats SELECT * FROM newest.stats;
             INSERT INTO days SELECT * FROM newest.days;
             INSERT INTO months SELECT * FROM newest.months;
             INSERT INTO chunks SELECT computer_id, series_id, month_ms, chunk FROM newest.chunks;
             PRAGMA application_id = {}; PRAGMA user_version = 7",
            from.display(),
            value(from, HEADER).await,
        ),
    )
    .await;
}

#[tokio::test]
async fn months_come_along() {
    /// 2025-11-01 00:00 UTC, and the number of samples per day.
    const NOVEMBER_MS: i64 = 1_761_955_200_000;
    const A_DAY: i64 = 720;
    let folder = tempfile::tempdir().unwrap();
    let newest = folder.path().join("newest.db");
    let store = open(&newest, Missing::Create).await;
    let id = store.add_computer(&computer("box")).await.unwrap();
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
    let path = folder.path().join("muster.db");
    copy_into_schema_7(&newest, &path).await;
    let count = value(&path, "SELECT count(*) FROM chunks").await;
    let store = open(&path, Missing::Refuse).await;
    assert_eq!(value(&path, "SELECT count(*) FROM chunks").await, count);
    let found = store.samples(id, i64::MIN, i64::MAX, u32::MAX).await;
    assert!(found.unwrap() == samples);
    store.close().await;
    assert_eq!(verify(&path).await.unwrap().problems, [""; 0]);
}

/// Schema 8 stored reasons as English sentences, in `computers.reason` and `events.detail`.
#[tokio::test]
async fn stored_sentences_become_codes() {
    let folder = tempfile::tempdir().unwrap();
    let fresh = folder.path().join("fresh.db");
    open_and_close(&fresh).await;
    let path = folder.path().join("muster.db");
    std::fs::write(&path, "").unwrap();
    execute(&path, &migrations()[..10].concat()).await;
    // More events than are converted at a time.
    execute(
        &path,
        &format!(
            "INSERT INTO computers (name, url, token, reason) VALUES
                ('box', 'http://box:8000', 't', 'no connection within 4 s'),
                ('odd', 'http://odd:8000', 't', 'a script''s own words');
             WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 2500)
             INSERT INTO events (computer_id, at_ms, kind, detail) SELECT 1, n, 'offline', 'wrong token' FROM n;
             INSERT INTO events (computer_id, at_ms, kind, detail) VALUES
                (1, 9000, 'cause', 'rebooted, uncleanly; memory was at 97 % before; busiest process java');
             PRAGMA application_id = {}; PRAGMA user_version = 8",
            value(&fresh, HEADER).await,
        ),
    )
    .await;
    let store = open(&path, Missing::Refuse).await;
    let computers = store.computers().await.unwrap();
    let reasons = computers
        .iter()
        .map(|computer| computer.state.reason.clone());
    let text = "a script's own words".to_owned();
    assert_eq!(
        reasons.collect::<Vec<_>>(),
        [
            Some(Reason::ConnectTimeout { seconds: 4 }),
            Some(Reason::Text { text })
        ]
    );
    let events = store.events(Some(1), 1, i64::MAX, u32::MAX).await.unwrap();
    let is_wrong_token = |event: &&Event| event.reason == Some(Reason::WrongToken);
    assert_eq!(events.iter().filter(is_wrong_token).count(), 2_500);
    let evidence = Evidence {
        memory_percent: Some(97),
        busiest: Some("java".into()),
    };
    let cause = events.iter().find(|event| event.kind == EventKind::Cause);
    assert_eq!(
        cause.unwrap().reason.clone(),
        Some(Reason::RebootedUncleanly(evidence))
    );
    store.close().await;
}

const HEADER: &str = "SELECT application_id FROM pragma_application_id";
const TABLES: &str = "SELECT quote(name) FROM sqlite_schema ORDER BY name";

#[tokio::test]
async fn every_older_schema_becomes_what_a_new_database_is() {
    let folder = tempfile::tempdir().unwrap();
    let fresh = folder.path().join("fresh.db");
    open_and_close(&fresh).await;
    let (application, tables) = (value(&fresh, HEADER).await, rows(&fresh, TABLES).await);
    let (steps, newest) = (migrations(), newest_schema() as usize);
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
        let store = open(&path, Missing::Refuse).await;
        let found = store.samples(1, i64::MIN, i64::MAX, 10).await.unwrap();
        assert_eq!(found[0].cpu_percent, Some(12.5), "{schema}");
        store.close().await;
        assert_eq!(rows(&path, TABLES).await, tables, "{schema}");
        let report = verify(&path).await.unwrap();
        assert_eq!(report.problems, [""; 0], "{schema}");
        assert_eq!(report.schema, newest as i64);
    }
}
