//! Sealed rows stay in the file for a while. Whatever happens meanwhile, no sample is lost or doubled.

use crate::common::{assert_value, computer, execute, value};
use muster_store::sqlite::{Missing, SqliteStore, verify};
use muster_store::{
    Computers as _, Error, Event, EventKind, HistorySealing as _, LinesQuery, Retention as _,
    Sample, Samples as _, Storage as _,
};
use std::path::{Path, PathBuf};

/// 2025-11-19 00:00 UTC.
const START_MS: i64 = 1_763_510_400_000;
const HOUR_MS: i64 = 3_600_000;
const COMPUTERS: i64 = 3;
const SAMPLES: i64 = 600;
const COUNT: &str = "SELECT count(*) FROM stats";

fn sample(computer_id: i64, n: i64) -> Sample {
    Sample {
        computer_id,
        timestamp_ms: START_MS + n * 60_000 + computer_id,
        cpu_percent: Some(n as f64 / 10.0),
        extra: (n % 2 == 0).then(|| format!("{{\"load.1m\":{n}.25}}")),
        ..Sample::default()
    }
}

async fn open(path: &Path) -> SqliteStore {
    SqliteStore::open(path, Missing::Create).await.unwrap()
}

/// Ten hours of three computers, in the order of arrival.
async fn filled() -> (tempfile::TempDir, PathBuf, SqliteStore) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stats.db");
    let store = open(&path).await;
    for id in 1..=COMPUTERS {
        let computer = computer(&format!("box {id}"));
        assert_eq!(store.add_computer(&computer).await.unwrap(), id);
    }
    for n in 0..SAMPLES {
        let samples: Vec<_> = (1..=COMPUTERS).map(|id| sample(id, n)).collect();
        store.record(&samples, &[], &[]).await.unwrap();
    }
    (folder, path, store)
}

async fn all(store: &SqliteStore, id: i64) -> Vec<Sample> {
    let all = store.samples(id, i64::MIN, i64::MAX, u32::MAX).await;
    all.unwrap()
}

async fn seal(store: &SqliteStore, id: i64, before_ms: i64) {
    while store.seal_hours(&[id], before_ms).await.unwrap() > 0 {}
}

async fn assert_whole(store: &SqliteStore, path: &Path) {
    for id in 1..=COMPUTERS {
        let expected: Vec<_> = (0..SAMPLES).map(|n| sample(id, n)).collect();
        assert!(all(store, id).await == expected);
    }
    let report = verify(path).await.unwrap();
    assert_eq!(report.problems, [""; 0]);
    assert_eq!(report.summary.samples as i64, COMPUTERS * SAMPLES);
}

#[tokio::test]
async fn a_restart_knows_what_is_sealed() {
    let (_folder, path, store) = filled().await;
    seal(&store, 1, START_MS + 5 * HOUR_MS).await;
    seal(&store, 2, i64::MAX).await;
    assert_whole(&store, &path).await;
    let store = open(&path).await;
    assert_whole(&store, &path).await;
    assert_value(&path, COUNT, "1800").await;
    let oldest = store.seal_candidates().await.unwrap();
    let oldest: Vec<_> = oldest
        .iter()
        .map(|o| (o.computer_id, o.oldest_ms))
        .collect();
    let first = sample(1, 300).timestamp_ms;
    assert_eq!(oldest, [(1, first), (3, sample(3, 0).timestamp_ms)]);
    // The first five hours of two computers are sealed and deleted; the later ones of one.
    while store.delete_sealed_rows(i64::MAX, 70).await.unwrap() {}
    assert_eq!(value(&path, COUNT).await, (1_800 - 300 - 599).to_string());
    assert_whole(&store, &path).await;
    store.close().await;
}

#[tokio::test]
async fn only_what_arrived_before_is_swept_and_pages_become_free() {
    let (_folder, path, store) = filled().await;
    for id in 1..=COMPUTERS {
        seal(&store, id, START_MS + 8 * HOUR_MS).await;
    }
    let before = store.size().await.unwrap();
    while store
        .delete_sealed_rows(START_MS + 4 * HOUR_MS, 100)
        .await
        .unwrap()
    {}
    let left: i64 = value(&path, COUNT).await.parse().unwrap();
    // The boundary is exact to about fifty rows.
    assert!((1_020..=1_080).contains(&left), "{left}");
    while store.delete_sealed_rows(i64::MAX, 1_000).await.unwrap() {}
    assert_value(&path, COUNT, "360").await;
    let after = store.size().await.unwrap();
    assert!(
        after.unused_bytes > before.unused_bytes + 10 * 4_096,
        "{before:?} {after:?}"
    );
    assert_whole(&store, &path).await;
    store.close().await;
}

#[tokio::test]
async fn a_value_of_a_strange_type_is_lost_alone() {
    let (_folder, path, store) = filled().await;
    store.close().await;
    execute(
        &path,
        "UPDATE stats SET cpu_percent = 'much' WHERE id = 10; UPDATE stats SET extra = '[1]' WHERE id = 901;
         INSERT INTO stats (computer_id, timestamp, timestamp_ms) VALUES (1, 'noon', 'noon');
         INSERT INTO stats (computer_id, timestamp) VALUES (NULL, '2025-11-19 00:00:00');
         INSERT INTO stats (computer_id, timestamp) VALUES (1, 'some day')",
    )
    .await;
    let store = open(&path).await;
    let mut expected: Vec<_> = (0..SAMPLES).map(|n| sample(1, n)).collect();
    (expected[3].cpu_percent, expected[300].extra) = (None, Some("[1]".to_owned()));
    assert!(all(&store, 1).await == expected);
    let query = LinesQuery {
        computer_ids: vec![1],
        column: "cpu_percent",
        from_ms: START_MS + 3 * 60_000,
        step_ms: 120_000,
        steps: 1,
    };
    assert_eq!(store.lines(&query).await.unwrap()[&1], [Some(0.4)]);
    for id in 1..=COMPUTERS {
        seal(&store, id, i64::MAX).await;
    }
    assert_eq!(store.seal_candidates().await.unwrap(), []);
    while store.delete_sealed_rows(i64::MAX, 100).await.unwrap() {}
    // The newest of each computer, two without a moment, and one without a computer.
    assert_value(&path, COUNT, "6").await;
    expected[300].extra = None;
    assert!(all(&store, 1).await == expected);
    for id in 2..=COMPUTERS {
        assert_eq!(all(&store, id).await.len() as i64, SAMPLES);
    }
    store.close().await;
}

#[tokio::test]
async fn what_is_forgotten_before_it_was_swept_does_not_come_back() {
    let (_folder, path, store) = filled().await;
    for id in 1..=COMPUTERS {
        seal(&store, id, i64::MAX).await;
    }
    // A late sample is behind all others in the table.
    let late = Sample {
        timestamp_ms: START_MS + 30_000,
        ..sample(1, 0)
    };
    store.record(&[late], &[], &[]).await.unwrap();
    seal(&store, 1, i64::MAX).await;
    let before_ms = START_MS + 5 * HOUR_MS;
    while store.delete_before(1, before_ms, 50).await.unwrap() > 0 {}
    let expected: Vec<_> = (300..SAMPLES).map(|n| sample(1, n)).collect();
    assert!(all(&store, 1).await == expected);
    // As after a kill.
    let again = open(&path).await;
    assert!(all(&again, 1).await == expected);
    assert!(all(&again, 2).await.len() as i64 == SAMPLES);
    assert_eq!(verify(&path).await.unwrap().problems, [""; 0]);
    again.close().await;
}

#[tokio::test]
async fn a_removed_computer_leaves_no_rows() {
    let (_folder, path, store) = filled().await;
    seal(&store, 1, i64::MAX).await;
    store.remove_computer(1, 1).await.unwrap();
    while store.purge_removed(i64::MAX, 50).await.unwrap() {}
    assert_value(&path, COUNT, "1200").await;
    assert_eq!(verify(&path).await.unwrap().problems, [""; 0]);
    store.close().await;
}

#[tokio::test]
async fn what_was_not_stored_is_not_known() {
    let (_folder, path, store) = filled().await;
    let aside = crate::common::beside(&path, "aside");
    std::fs::rename(&path, &aside).unwrap();
    let new = sample(1, SAMPLES);
    let failed = store.record(std::slice::from_ref(&new), &[], &[]).await;
    assert!(matches!(failed, Err(Error::Replaced(_))));
    std::fs::rename(&aside, &path).unwrap();
    // A failure after the insertion of samples rolls them back.
    let refuse =
        "CREATE TRIGGER refuse BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'no'); END";
    execute(&path, refuse).await;
    let event = Event {
        computer_id: Some(1),
        at_ms: 0,
        kind: EventKind::Offline,
        reason: None,
        interval_ms: None,
    };
    let samples = [new, sample(2, SAMPLES)];
    assert!(store.record(&samples, &[], &[event]).await.is_err());
    execute(&path, "DROP TRIGGER refuse").await;
    assert_whole(&store, &path).await;
    store.record(&samples, &[], &[]).await.unwrap();
    // Some samples of this batch exist already; the new ones are known.
    let batch: Vec<_> = (SAMPLES - 50..SAMPLES + 50).map(|n| sample(1, n)).collect();
    store.record(&batch, &[], &[]).await.unwrap();
    assert_eq!(all(&store, 1).await.len() as i64, SAMPLES + 50);
    let moments = store.moments(1, 0, i64::MAX).await.unwrap();
    assert_eq!(moments.len() as i64, SAMPLES + 50);
    store.close().await;
}

#[tokio::test]
async fn new_samples_take_the_place_of_what_is_sealed() {
    let (_folder, path, store) = filled().await;
    let ids: Vec<i64> = (1..=COMPUTERS).collect();
    while store
        .seal_hours(&ids, START_MS + 8 * HOUR_MS)
        .await
        .unwrap()
        > 0
    {}
    let before = store.size().await.unwrap();
    let done = store.reuse_sealed_rows(START_MS + 6 * HOUR_MS).await;
    done.unwrap();
    let mut expected: Vec<_> = (0..SAMPLES).map(|n| sample(1, n)).collect();
    for n in SAMPLES..SAMPLES + 300 {
        let samples: Vec<_> = ids.iter().map(|&id| sample(id, n)).collect();
        store.record(&samples, &[], &[]).await.unwrap();
        expected.push(sample(1, n));
    }
    assert!(all(&store, 1).await == expected);
    // Three samples are stored at a time; 258 sealed rows are deleted at once, three times.
    assert_value(&path, COUNT, "1926").await;
    let after = store.size().await.unwrap();
    assert!(
        after.bytes <= before.bytes + 8 * 4_096,
        "{before:?} {after:?}"
    );
    let again = open(&path).await;
    assert!(all(&again, 1).await == expected);
    again.close().await;
}

#[tokio::test]
async fn a_restart_finds_all_rows_whatever_their_numbers() {
    let (_folder, path, store) = filled().await;
    // More than one statement reads, with a moment of several computers at a boundary.
    for some in (SAMPLES..3_000).collect::<Vec<_>>().chunks(500) {
        let each = |n: &i64| (1..=COMPUTERS).map(|id| sample(id, *n)).collect::<Vec<_>>();
        let samples: Vec<_> = some.iter().flat_map(each).collect();
        store.record(&samples, &[], &[]).await.unwrap();
    }
    store.close().await;
    let odd_ms = sample(1, 5).timestamp_ms;
    for script in [
        "SELECT 1".to_owned(),
        format!("UPDATE stats SET timestamp_ms = timestamp_ms + 0.5 WHERE timestamp_ms = {odd_ms}"),
    ] {
        execute(&path, &script).await;
        let store = open(&path).await;
        for id in 1..=COMPUTERS {
            let moments = store.moments(id, i64::MIN, i64::MAX).await.unwrap();
            let expected = (0..3_000).map(|n| sample(id, n).timestamp_ms);
            assert!(moments == expected.collect::<Vec<_>>(), "{script}");
        }
        store.close().await;
    }
}
