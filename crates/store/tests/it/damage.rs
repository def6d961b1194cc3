//! Damage in sealed history is found everywhere, reported with its time, and crashes no program.

use crate::common::{computer, connect, execute};
use muster_history::Buckets;
use muster_store::sqlite::{Missing, SqliteStore, verify};
use muster_store::{ChartQuery, Computers as _, HistorySealing as _, Sample, Samples as _};
use sqlx::{AssertSqlSafe, Row as _};
use std::path::Path;

/// 2025-11-19 00:00 UTC.
const START_MS: i64 = 1_763_510_400_000;
const EVERY_MS: i64 = 120_000;
const SAMPLES: i64 = 50 * 720;
const FLIPS: usize = 100;

fn sample(n: i64) -> Sample {
    Sample {
        computer_id: 1,
        timestamp_ms: START_MS + n * EVERY_MS,
        cpu_percent: Some((n % 1_000) as f64 / 10.0),
        network_bytes_sent: Some(n * 1_234),
        network_sent_per_sec: (n > 0).then_some(1_234.0 * 1000.0 / EVERY_MS as f64),
        extra: (n % 2 == 0).then(|| format!("{{\"load.1m\":{n}.25}}")),
        ..Sample::default()
    }
}

/// Two months, some days, and the hours of a last day, without sealed rows.
async fn fill(path: &Path) {
    let store = SqliteStore::open(path, Missing::Create).await.unwrap();
    assert_eq!(store.add_computer(&computer("box")).await.unwrap(), 1);
    let samples: Vec<_> = (0..SAMPLES).map(sample).collect();
    for batch in samples.chunks(5_000) {
        store.record(batch, &[], &[]).await.unwrap();
    }
    let last_day_ms = START_MS + (SAMPLES - 1) * EVERY_MS - 86_400_000;
    while store.seal_day(1, last_day_ms).await.unwrap() > 0 {}
    while store.seal_hours(&[1], i64::MAX).await.unwrap() > 0 {}
    while store.delete_sealed_rows(i64::MAX, 10_000).await.unwrap() {}
    let january_ms = 1_767_225_600_000;
    while store.merge_month(1, 0, january_ms).await.unwrap() > 0 {}
    store.close().await;
}

/// Reads everything: only damaged data is left out. Returns the number of values in the fullest chart, and the
/// number of damaged spans.
async fn read(path: &Path) -> (i64, usize) {
    let store = SqliteStore::open(path, Missing::Refuse).await.unwrap();
    let query = ChartQuery {
        computer_id: 1,
        from_ms: 0,
        to_ms: i64::MAX,
        points: 100,
        series: ["cpu_percent", "network_sent_per_sec", "load.1m"]
            .map(str::to_owned)
            .into(),
    };
    let charts = store.chart(&query).await.unwrap();
    let counted = |chart: &Buckets| -> i64 {
        let buckets = chart.buckets().iter().flatten();
        buckets.map(|bucket| i64::from(bucket.count)).sum()
    };
    let found = store.samples(1, i64::MIN, i64::MAX, u32::MAX).await;
    for found in found.unwrap() {
        let n = (found.timestamp_ms - START_MS) / EVERY_MS;
        let whole = sample(n);
        assert!(found.cpu_percent.is_none() || found.cpu_percent == whole.cpu_percent);
        assert!(found.extra.is_none() || found.extra == whole.extra);
    }
    let told = store.damaged(1, i64::MIN, i64::MAX).len();
    let _names = store.extra_names(1, i64::MIN, i64::MAX).await.unwrap();
    let _sealed = store.seal_day(1, i64::MAX).await;
    store.close().await;
    (charts.iter().map(counted).max().unwrap(), told)
}

/// Flips a bit of one of the values, selected by a number.
async fn flip(path: &Path, picked: usize) {
    let mut connection = connect(path).await;
    // These tables have no row numbers: the key identifies a value.
    let tables = [
        ("chunks", "chunk", "series_id * 10 + month_ms % 7"),
        ("days", "chunks", "day_ms"),
        ("hours", "chunks", "hour_ms"),
    ];
    let (table, column, key) = tables[picked % tables.len()];
    let values = sqlx::query(AssertSqlSafe(format!(
        "SELECT {key}, {column} FROM {table}"
    )))
    .fetch_all(&mut connection)
    .await
    .unwrap();
    let row = &values[picked / tables.len() % values.len()];
    let mut bytes: Vec<u8> = row.get(1);
    let place = picked * 7_919 % bytes.len();
    bytes[place] ^= 1 << (picked % 8);
    sqlx::query(AssertSqlSafe(format!(
        "UPDATE {table} SET {column} = ? WHERE {key} = ?"
    )))
    .bind(bytes)
    .bind(row.get::<i64, _>(0))
    .execute(&mut connection)
    .await
    .unwrap();
    sqlx::Connection::close(connection).await.unwrap();
}

#[tokio::test]
async fn damage_is_found_wherever_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let (whole, path) = (
        folder.path().join("whole.db"),
        folder.path().join("damaged.db"),
    );
    fill(&whole).await;
    let report = verify(&whole).await.unwrap();
    assert_eq!(report.problems, [""; 0]);
    assert_eq!(report.summary.samples, SAMPLES.unsigned_abs());
    for picked in 0..FLIPS {
        std::fs::copy(&whole, &path).unwrap();
        flip(&path, picked).await;
        let problems = verify(&path).await.unwrap().problems;
        assert!(problems.len() == 1, "{picked}: {problems:?}");
        assert!(
            problems[0].contains("the history of computer 1"),
            "{problems:?}"
        );
        // One period is damaged, and the others are readable: the longest has less than two thirds of all samples.
        let (values, told) = read(&path).await;
        assert!(
            values > SAMPLES / 3 && told == 1,
            "{picked}: {values}, {told}"
        );
    }
}

#[tokio::test]
async fn what_is_missing_or_does_not_belong_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let (whole, path) = (
        folder.path().join("whole.db"),
        folder.path().join("damaged.db"),
    );
    fill(&whole).await;
    for (statement, said) in [
        (
            "DELETE FROM chunks WHERE series_id = 1",
            "in 2025-11 is damaged: the chunk of series 1 is missing",
        ),
        (
            "DELETE FROM chunks WHERE series_id = 0",
            "in 2025-12 is damaged",
        ),
        (
            "DELETE FROM months WHERE month_ms = (SELECT max(month_ms) FROM months)",
            "5 chunks belong to no month",
        ),
        (
            "UPDATE months SET samples = samples + 1",
            "its chunks and its table disagree",
        ),
        (
            "UPDATE days SET last_ms = last_ms + 1",
            "on 2026-01-01 is damaged",
        ),
        ("UPDATE hours SET last_ms = last_ms + 1", "is damaged"),
        (
            "UPDATE months SET series = '[0, 1'",
            "its list of series is unreadable",
        ),
        (
            "UPDATE chunks SET series_id = 2 WHERE series_id = 1",
            "the chunk of series 1 is missing",
        ),
    ] {
        std::fs::copy(&whole, &path).unwrap();
        execute(&path, statement).await;
        let problems = verify(&path).await.unwrap().problems;
        let is_said = problems.iter().any(|problem| problem.contains(said));
        assert!(is_said, "{statement}: {problems:?}");
        read(&path).await;
    }
}

/// Replaces bytes everywhere in the file, including old versions of the schema.
fn swap(path: &Path, from: &[u8], to: &[u8]) {
    let mut bytes = std::fs::read(path).unwrap();
    let is_there = |bytes: &[u8], at: usize| bytes[at..].starts_with(from);
    let places: Vec<usize> = (0..bytes.len())
        .filter(|&at| is_there(&bytes, at))
        .collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at..at + to.len()].copy_from_slice(to);
    }
    std::fs::write(path, bytes).unwrap();
}

#[tokio::test]
async fn a_damaged_schema_is_refused_in_words_and_found() {
    let swaps: [(&[u8], &[u8], &str); 2] = [
        (
            b"agent_version",
            b"agent_versioX",
            "computers.agent_version",
        ),
        // The type of a column becomes invalid text.
        (
            b"INTEGER DEFAULT NULL",
            b"\xFFNTEGER DEFAULT NULL",
            "not valid text",
        ),
    ];
    for (from, to, told) in swaps {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("stats.db");
        let store = SqliteStore::open(&path, Missing::Create).await.unwrap();
        store.close().await;
        swap(&path, from, to);
        let refused = SqliteStore::open(&path, Missing::Refuse).await.unwrap_err();
        let words = refused.to_string();
        assert!(
            words.contains(told) && words.contains("muster verify"),
            "{words}"
        );
        let report = verify(&path).await.unwrap();
        assert!(
            report.problems.iter().any(|problem| problem.contains(told)),
            "{report:?}"
        );
    }
}
