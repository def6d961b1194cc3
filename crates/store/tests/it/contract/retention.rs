//! Expired samples are deleted in slices, and nothing else.

use super::{add, all, record, sample, seal_all};
use muster_store::{Event, EventKind, Reason, Sample, Span, Store};

const DAY_MS: i64 = 86_400_000;
/// 2025-11-19 00:00 UTC.
const START_MS: i64 = 1_763_510_400_000;

/// One sample per hour from the start on.
fn hourly(id: i64, count: i64) -> Vec<Sample> {
    (0..count)
        .map(|n| sample(id, START_MS + n * DAY_MS / 24))
        .collect()
}

async fn filled(store: &impl Store, name: &str, count: i64) -> (i64, Vec<Sample>) {
    let id = add(store, name).await;
    let samples = hourly(id, count);
    record(store, &samples).await;
    (id, samples)
}

async fn forget_all(store: &impl Store, id: i64, before_ms: i64) -> (u64, u32) {
    let (mut forgotten, mut slices) = (0, 0);
    loop {
        match store.delete_before(id, before_ms, 10).await.unwrap() {
            0 => return (forgotten, slices),
            count => forgotten += count,
        }
        slices += 1;
    }
}

pub async fn what_is_old_is_forgotten_in_slices(store: &impl Store) {
    let (old, samples) = filled(store, "old", 100).await;
    let young = add(store, "young").await;
    record(store, &[sample(young, START_MS + 10 * DAY_MS)]).await;
    let before_ms = samples[35].timestamp_ms;
    let got = store.computers_with_samples_before(before_ms).await;
    assert_eq!(got.unwrap(), [old]);
    assert_eq!(store.delete_before(old, before_ms, 10).await.unwrap(), 10);
    assert_eq!(forget_all(store, old, before_ms).await, (25, 3));
    assert!(all(store, old).await == samples[35..]);
    let got = store.computers_with_samples_before(before_ms).await;
    assert!(got.unwrap().is_empty());
    assert_eq!(forget_all(store, young, before_ms).await, (0, 0));
    assert_eq!(all(store, young).await.len(), 1);
}

pub async fn a_day_goes_once_all_of_it_is_old(store: &impl Store) {
    let (id, samples) = filled(store, "box", 24 * 5).await;
    seal_all(store, id, START_MS + 3 * DAY_MS).await;
    // The second day ends with its sample at 23:00, which is not older yet.
    let last_of_second_ms = START_MS + DAY_MS + 23 * DAY_MS / 24;
    assert_eq!(forget_all(store, id, last_of_second_ms).await.0, 24);
    assert!(all(store, id).await == samples[24..]);
    for (before_ms, expected) in [
        (last_of_second_ms, vec![]),
        (last_of_second_ms + 1, vec![id]),
    ] {
        let got = store.computers_with_samples_before(before_ms).await;
        assert_eq!(got.unwrap(), expected);
    }
    assert_eq!(forget_all(store, id, last_of_second_ms + 1).await.0, 24);
    // The third day is sealed, the fourth is rows.
    assert_eq!(forget_all(store, id, START_MS + 4 * DAY_MS).await.0, 48);
    assert!(all(store, id).await == samples[96..]);
}

pub async fn the_whole_span_is_that_of_all_computers(store: &impl Store) {
    assert_eq!(store.whole_span().await.unwrap(), None);
    let (first, samples) = filled(store, "first", 50).await;
    let second = add(store, "second").await;
    record(store, &[sample(second, START_MS + 9 * DAY_MS)]).await;
    let gone = add(store, "gone").await;
    record(store, &[sample(gone, 5)]).await;
    store.remove_computer(gone, 1).await.unwrap();
    let span = |first_ms| {
        let last_ms = START_MS + 9 * DAY_MS;
        Some(Span { first_ms, last_ms })
    };
    assert_eq!(store.whole_span().await.unwrap(), span(START_MS));
    seal_all(store, first, i64::MAX).await;
    assert_eq!(store.whole_span().await.unwrap(), span(START_MS));
    forget_all(store, first, START_MS + DAY_MS).await;
    let first_ms = samples[24].timestamp_ms;
    assert_eq!(store.whole_span().await.unwrap(), span(first_ms));
}

pub async fn forgetting_and_sealing_go_on_side_by_side(store: &(impl Store + Clone + 'static)) {
    let (id, samples) = filled(store, "box", 24 * 60).await;
    seal_all(store, id, START_MS + 30 * DAY_MS).await;
    // Late samples, so that sealed days are sealed again while they are deleted.
    let late: Vec<_> = (0..30)
        .map(|day| sample(id, START_MS + day * DAY_MS + 1))
        .collect();
    record(store, &late).await;
    let sealing = tokio::spawn({
        let store = store.clone();
        async move { seal_all(&store, id, i64::MAX).await }
    });
    let before_ms = START_MS + 40 * DAY_MS;
    forget_all(store, id, before_ms).await;
    sealing.await.unwrap();
    forget_all(store, id, before_ms).await;
    assert!(all(store, id).await == samples[24 * 40..]);
}

pub async fn what_is_forgotten_takes_no_room(store: &impl Store) {
    let (id, samples) = filled(store, "box", 20_000).await;
    seal_all(store, id, samples[10_000].timestamp_ms).await;
    while store.delete_sealed_rows(i64::MAX, 1_000).await.unwrap() {}
    while store.give_back_space(0, 500).await.unwrap() {}
    let full = store.size().await.unwrap();
    assert!(full.bytes > 1_000_000 && full.unused_bytes == 0, "{full:?}");
    forget_all(store, id, samples[19_000].timestamp_ms).await;
    let freed = store.size().await.unwrap();
    assert_eq!(freed.bytes, full.bytes);
    while store.give_back_space(0, 500).await.unwrap() {}
    let small = store.size().await.unwrap();
    assert_eq!(small.bytes, freed.bytes - freed.unused_bytes);
    assert!(small.bytes < full.bytes / 2, "{full:?} {small:?}");
}

pub async fn old_events_go_with_old_samples(store: &impl Store) {
    let (id, samples) = filled(store, "box", 24).await;
    let turn = |hour: i64| Event {
        computer_id: Some(id),
        at_ms: START_MS + hour * DAY_MS / 24,
        kind: EventKind::Offline,
        reason: Some(Reason::Text {
            text: format!("at {hour}"),
        }),
        interval_ms: None,
    };
    let turns: Vec<_> = (0..24).map(turn).collect();
    store.record(&[], &[], &turns).await.unwrap();
    forget_all(store, id, samples[20].timestamp_ms).await;
    let left = store
        .events(Some(id), i64::MIN, i64::MAX, 100)
        .await
        .unwrap();
    let (added, left): (Vec<_>, Vec<_>) = left
        .into_iter()
        .partition(|event| event.kind == EventKind::Added);
    assert_eq!(added.len(), 1);
    // The state at the start of the kept history is still known.
    assert!(left == turns[19..], "{left:?}");
}
