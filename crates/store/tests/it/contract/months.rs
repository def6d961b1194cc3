//! Days become months, and no reader sees a difference.

use super::sealing::{self, DAY_MS, SERIES, START_MS, assert_same};
use super::{add, all, chart, seal_all};
use muster_store::{Sample, Store};

/// 2025-12-01 and 2026-01-01 00:00 UTC.
const DECEMBER_MS: i64 = START_MS + 12 * DAY_MS;
const JANUARY_MS: i64 = DECEMBER_MS + 31 * DAY_MS;
/// Samples per day, enough for a month to be merged. They reach from the 19th of November into January.
const A_DAY: i64 = 720;
const SAMPLES: i64 = 50 * A_DAY;

fn sample(id: i64, n: i64) -> Sample {
    Sample {
        timestamp_ms: START_MS + n * (DAY_MS / A_DAY) + n % 7,
        ..sealing::sample(id, n)
    }
}

async fn filled(store: &impl Store) -> (i64, Vec<Sample>) {
    let id = add(store, "box").await;
    let samples: Vec<_> = (0..SAMPLES).map(|n| sample(id, n)).collect();
    store.record(&samples, &[], &[]).await.unwrap();
    (id, samples)
}

async fn sealed(store: &impl Store) -> (i64, Vec<Sample>) {
    let (id, samples) = filled(store).await;
    seal_all(store, id, i64::MAX).await;
    (id, samples)
}

async fn merge_all(store: &impl Store, id: i64, before_ms: i64) -> Vec<u64> {
    let mut days = Vec::new();
    loop {
        match store.merge_month(id, i64::MIN, before_ms).await.unwrap() {
            0 => return days,
            count => days.push(count),
        }
    }
}

pub async fn days_become_months(store: &impl Store) {
    let (id, samples) = sealed(store).await;
    let oldest = store.oldest_unmerged_days(i64::MIN).await.unwrap();
    assert_eq!(oldest, [(id, START_MS)]);
    let (span, names) = (
        store.span(id).await.unwrap(),
        store.extra_names(id, i64::MIN, i64::MAX).await.unwrap(),
    );
    assert_eq!(merge_all(store, id, JANUARY_MS).await, [12, 31]);
    assert_same(&all(store, id).await, &samples);
    let oldest = store.oldest_unmerged_days(i64::MIN).await.unwrap();
    assert_eq!(oldest, [(id, JANUARY_MS)]);
    assert_eq!(store.span(id).await.unwrap(), span);
    let got = store.extra_names(id, i64::MIN, i64::MAX).await;
    assert_eq!(got.unwrap(), names);
    // In pages that cross months.
    let mut paged: Vec<Sample> = Vec::new();
    loop {
        let from_ms = paged.last().map_or(0, |last| last.timestamp_ms + 1);
        let page = store.samples(id, from_ms, i64::MAX, 5_000).await.unwrap();
        if page.is_empty() {
            break;
        }
        paged.extend(page);
    }
    assert_same(&paged, &samples);
    let part = (samples[700].timestamp_ms, samples[900].timestamp_ms);
    let part = store.samples(id, part.0, part.1, 150).await.unwrap();
    assert_same(&part, &samples[700..850]);
}

pub async fn a_month_is_merged_when_it_is_over(store: &impl Store) {
    let (id, _) = sealed(store).await;
    assert!(merge_all(store, id, DECEMBER_MS - 1).await.is_empty());
    assert_eq!(merge_all(store, id, DECEMBER_MS + 5 * DAY_MS).await, [12]);
    // A month that begins earlier is left alone.
    let later = DECEMBER_MS + 1;
    assert_eq!(store.merge_month(id, later, i64::MAX).await.unwrap(), 7);
    let oldest = store.oldest_unmerged_days(later).await.unwrap();
    assert_eq!(oldest, [(id, DECEMBER_MS + DAY_MS)]);
}

pub async fn what_comes_late_joins_its_month(store: &impl Store) {
    let (id, mut samples) = sealed(store).await;
    merge_all(store, id, i64::MAX).await;
    // A sample that comes again finds no row, and becomes a row again.
    while store.delete_sealed_rows(i64::MAX, 5_000).await.unwrap() {}
    for round in 1..4 {
        let late: Vec<_> = [3, 150, 151, 2_500]
            .into_iter()
            .map(|n| Sample {
                timestamp_ms: START_MS + n * 600_000 + 20_000 * round + 9,
                ..sample(id, 10_000 + n)
            })
            .collect();
        let double = samples[40].clone();
        store.record(&late, &[], &[]).await.unwrap();
        store.record(&[double], &[], &[]).await.unwrap();
        samples.extend(late);
        samples.sort_by_key(|sample| sample.timestamp_ms);
        assert_same(&all(store, id).await, &samples);
        assert!(seal_all(store, id, i64::MAX).await >= 5);
        assert_same(&all(store, id).await, &samples);
        if round != 2 {
            assert_eq!(
                merge_all(store, id, i64::MAX).await.len(),
                2,
                "round {round}"
            );
            assert_same(&all(store, id).await, &samples);
        }
    }
}

pub async fn a_month_is_taken_apart_where_only_some_of_it_goes(store: &impl Store) {
    let (id, samples) = sealed(store).await;
    merge_all(store, id, i64::MAX).await;
    let forget = async |before_ms| {
        let mut forgotten = 0;
        loop {
            match store.delete_before(id, before_ms, 100).await.unwrap() {
                0 => return forgotten,
                count => forgotten += count,
            }
        }
    };
    assert_eq!(forget(START_MS + DAY_MS - 1).await, 0);
    for (days, forgotten) in [(1, 1), (2, 1), (20, 18), (21, 1)] {
        let before_ms = START_MS + days * DAY_MS;
        let got = store.computers_with_samples_before(before_ms).await;
        assert_eq!(got.unwrap(), [id]);
        let forgotten = forgotten * A_DAY.unsigned_abs();
        assert_eq!(forget(before_ms).await, forgotten, "{days} days");
        let got = store.computers_with_samples_before(before_ms).await;
        assert!(got.unwrap().is_empty());
        assert_same(&all(store, id).await, &samples[(A_DAY * days) as usize..]);
        let span = store.whole_span().await.unwrap().unwrap();
        assert_eq!(span.first_ms, samples[(A_DAY * days) as usize].timestamp_ms);
    }
    // The rest of a split month is not merged if history before its end is going to be deleted.
    let stays_from_ms = START_MS + 21 * DAY_MS;
    let got = store.merge_month(id, stays_from_ms, i64::MAX).await;
    assert_eq!(got.unwrap(), 0);
}

pub async fn a_month_of_a_few_samples_stays_days(store: &impl Store) {
    let (id, _) = sealing::filled(store, 30 * 144).await;
    seal_all(store, id, i64::MAX).await;
    assert!(merge_all(store, id, i64::MAX).await.is_empty());
}

pub async fn charts_read_months_and_days_alike(store: &impl Store) {
    let (id, samples) = filled(store).await;
    let spans = [
        (START_MS, JANUARY_MS + 10 * DAY_MS),
        (samples[1_700].timestamp_ms, samples[1_800].timestamp_ms),
        (DECEMBER_MS - 1, DECEMBER_MS + 1_000_000),
    ];
    let mut before = Vec::new();
    for span in spans {
        before.push(chart(store, id, &SERIES, span, 97).await);
    }
    seal_all(store, id, i64::MAX).await;
    for before_ms in [DECEMBER_MS, i64::MAX] {
        merge_all(store, id, before_ms).await;
        for (span, before) in spans.into_iter().zip(&before) {
            assert_eq!(&chart(store, id, &SERIES, span, 97).await, before);
            let moments = store.moments(id, span.0, span.1).await.unwrap();
            let within = |sample: &&Sample| (span.0..span.1).contains(&sample.timestamp_ms);
            assert_eq!(moments.len(), samples.iter().filter(within).count());
        }
    }
}

pub async fn merging_and_forgetting_go_on_side_by_side(store: &(impl Store + Clone + 'static)) {
    let (id, samples) = sealed(store).await;
    let merging = tokio::spawn({
        let store = store.clone();
        async move { merge_all(&store, id, i64::MAX).await }
    });
    let before_ms = START_MS + 40 * DAY_MS;
    let mut reads = 0;
    while !merging.is_finished() || reads < 3 {
        let found = all(store, id).await;
        assert_same(&found, &samples[samples.len() - found.len()..]);
        let done = store
            .delete_before(id, START_MS + reads * 5 * DAY_MS, 100)
            .await;
        done.unwrap();
        reads += 1;
    }
    merging.await.unwrap();
    while store.delete_before(id, before_ms, 100).await.unwrap() > 0 {}
    assert_same(&all(store, id).await, &samples[(40 * A_DAY) as usize..]);
}

pub async fn a_removed_computer_leaves_no_months(store: &impl Store) {
    let (id, _) = sealed(store).await;
    merge_all(store, id, JANUARY_MS).await;
    store.remove_computer(id, 1).await.unwrap();
    while store.purge_removed(i64::MAX, 500).await.unwrap() {}
    assert_eq!(all(store, id).await, []);
    assert!(merge_all(store, id, i64::MAX).await.is_empty());
}
