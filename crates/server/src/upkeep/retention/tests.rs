//! Retention with a real database.

use super::*;
use crate::ops::clock::HOUR_MS;
use muster_store::sqlite::{Missing, SqliteStore};
use muster_store::{
    Computers as _, HistorySealing as _, NewComputer, Retention as _, Sample, Samples as _,
    Storage as _,
};

/// 2025-11-19 00:00 UTC.
const START_MS: i64 = 1_763_510_400_000;

async fn filled(days: i64) -> (SqliteStore, i64, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stats.db");
    let store = SqliteStore::open(&path, Missing::Create).await.unwrap();
    let computer = NewComputer {
        name: "box".into(),
        url: String::new(),
        token: String::new(),
        ..NewComputer::default()
    };
    let id = store.add_computer(&computer).await.unwrap();
    record(
        &store,
        (0..days * 24).map(|hour| sample(id, START_MS + hour * HOUR_MS)),
    )
    .await;
    while store
        .seal_day(id, START_MS + (days - 1) * DAY_MS)
        .await
        .unwrap()
        > 0
    {}
    while store.give_back_space(0, 500).await.unwrap() {}
    (store, id, folder)
}

/// A sample that does not compress.
fn sample(computer_id: i64, timestamp_ms: i64) -> Sample {
    #[expect(clippy::cast_precision_loss, reason = "noise")]
    let noise = |n: i64| (timestamp_ms.wrapping_mul(n * 0x9E37_79B9) as f64).sin();
    let series: Vec<_> = (1..100).map(|n| format!("\"s{n}\":{}", noise(n))).collect();
    Sample {
        computer_id,
        timestamp_ms,
        extra: Some(format!("{{{}}}", series.join(","))),
        ..Sample::default()
    }
}

async fn record(store: &SqliteStore, samples: impl Iterator<Item = Sample>) {
    store
        .record(&samples.collect::<Vec<_>>(), &[], &[])
        .await
        .unwrap();
}

fn retention(store: &SqliteStore, days: i64, max_database_bytes: Option<u64>) -> RetentionTask {
    let limits = StorageArgs {
        retain_ms: days * DAY_MS,
        max_database_bytes,
        ..StorageArgs::default()
    };
    RetentionTask::new(Arc::new(store.clone()), &limits)
}

async fn first_ms(store: &SqliteStore) -> i64 {
    store.whole_span().await.unwrap().unwrap().first_ms
}

#[tokio::test]
async fn expired_samples_are_deleted() {
    let (store, _, _folder) = filled(10).await;
    let retention = retention(&store, 4, None);
    // The server's clock is years ahead, but the newest sample counts.
    retention
        .delete_expired(START_MS + 3_000 * DAY_MS)
        .await
        .unwrap();
    // Only whole days are deleted: the last hour of the sixth day is not too old yet.
    assert_eq!(first_ms(&store).await, START_MS + 5 * DAY_MS);
    assert_eq!(retention.problem(), None);
}

#[tokio::test]
async fn a_clock_that_jumped_deletes_nothing_for_a_day() {
    let (store, id, _folder) = filled(10).await;
    retention(&store, 30, None)
        .delete_expired(START_MS + 10 * DAY_MS)
        .await
        .unwrap();
    let jumped_ms = START_MS + 900 * DAY_MS;
    for hour in 0..24 {
        let now_ms = jumped_ms + hour * HOUR_MS;
        record(&store, std::iter::once(sample(id, now_ms))).await;
        // A restarted server each time.
        let retention = retention(&store, 30, Some(1));
        retention.delete_expired(now_ms).await.unwrap();
        let problem = retention.problem().unwrap().to_string();
        assert!(problem.contains("to 2028-05-07"), "{problem}");
        assert_eq!(first_ms(&store).await, START_MS, "{hour}");
    }
    record(&store, std::iter::once(sample(id, jumped_ms + DAY_MS))).await;
    let retention = retention(&store, 30, None);
    retention.delete_expired(jumped_ms + DAY_MS).await.unwrap();
    assert_eq!(
        (first_ms(&store).await, retention.problem()),
        (jumped_ms, None)
    );
}

#[tokio::test]
async fn the_oldest_days_are_deleted_until_the_rest_fits() {
    let (store, id, _folder) = filled(30).await;
    let now_ms = START_MS + 30 * DAY_MS;
    let full = store.size().await.unwrap().bytes;
    let limit = full * 6 / 10;
    let limited = retention(&store, 365, Some(limit));
    limited.delete_expired(now_ms).await.unwrap();
    while store.give_back_space(limit / 8, 500).await.unwrap() {}
    let size = store.size().await.unwrap();
    assert!(
        size.bytes <= limit && size.bytes > limit / 2,
        "{size:?} {limit}"
    );
    let begins_ms = first_ms(&store).await;
    assert!((5..25).contains(&((begins_ms - START_MS) / DAY_MS)));
    assert_eq!(begins_ms % DAY_MS, 0);
    let problem = limited.problem().unwrap();
    assert_eq!(problem, ServerProblem::HistoryCut { from_ms: begins_ms });
    // The problem survives a restart, but not the removal of the limit.
    let again = retention(&store, 365, Some(limit));
    again.delete_expired(now_ms).await.unwrap();
    assert_eq!(
        (again.problem(), first_ms(&store).await),
        (Some(problem), begins_ms)
    );
    let free = retention(&store, 365, None);
    free.delete_expired(now_ms).await.unwrap();
    assert_eq!(free.problem(), None);
    // A limit that can never be met leaves the last day.
    let hopeless = retention(&store, 365, Some(1));
    hopeless.delete_expired(now_ms).await.unwrap();
    assert_eq!(hopeless.problem(), Some(ServerProblem::DatabaseTooLarge));
    let kept = store.samples(id, 0, i64::MAX, 100).await.unwrap();
    assert!((24..=48).contains(&kept.len()), "{}", kept.len());
}
