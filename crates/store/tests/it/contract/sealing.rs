//! Sealing changes where samples are stored, and nothing that a reader sees.
//!
//! Some cases delete sealed rows and others do not: readers see no difference either.

use super::{add, all, chart, seal_all};
use muster_store::{LinesQuery, Sample, SealCandidate, Store};
use std::collections::BTreeMap;

pub const DAY_MS: i64 = 86_400_000;
/// 2025-11-19 00:00 UTC.
pub const START_MS: i64 = 1_763_510_400_000;
const ALL: (i64, i64) = (i64::MIN, i64::MAX);

/// One sample every ten minutes, with every combination of values.
pub fn sample(computer_id: i64, n: i64) -> Sample {
    let real = n as f64;
    Sample {
        computer_id,
        timestamp_ms: START_MS + n * 600_000 + n % 7,
        cpu_percent: (n % 5 != 0).then_some(real * 0.1),
        memory_total: Some(i64::MAX - n),
        memory_used: (n % 11 != 0).then_some(n * 4096),
        memory_percent: Some(1.0 / (real + 3.0)),
        disk_total: None,
        disk_used: Some(-n),
        disk_percent: Some(f64::MIN_POSITIVE * real),
        network_bytes_sent: Some(n * n * 1_000),
        network_bytes_recv: (n % 3 != 0).then_some(n),
        network_sent_per_sec: Some(real * 1.7),
        network_recv_per_sec: None,
        extra: extra(n),
    }
}

fn extra(n: i64) -> Option<String> {
    match n % 4 {
        0 => None,
        1 => Some(format!(r#"{{"big":9007199254740993,"load.1m":{n}.5}}"#)),
        2 => Some(format!(r#"{{"a\"b:\\c":{n},"load.1m":2.0}}"#)),
        _ => Some(r#"{"load.1m":0.30000000000000004}"#.to_owned()),
    }
}

pub async fn filled(store: &impl Store, count: i64) -> (i64, Vec<Sample>) {
    let id = add(store, "box").await;
    let samples: Vec<_> = (0..count).map(|n| sample(id, n)).collect();
    store.record(&samples, &[], &[]).await.unwrap();
    (id, samples)
}

/// Shows the first difference of two histories only.
#[track_caller]
pub fn assert_same(found: &[Sample], expected: &[Sample]) {
    let pairs = found.iter().zip(expected).enumerate();
    for (n, (found, expected)) in pairs {
        assert_eq!(found, expected, "sample {n}");
    }
    assert_eq!(found.len(), expected.len());
}

pub async fn what_is_sealed_comes_back_as_it_was(store: &impl Store) {
    let (id, samples) = filled(store, 500).await;
    let before_ms = START_MS + 2 * DAY_MS + 1;
    // One day at a time, the oldest first: each has 144 samples.
    assert_eq!(store.seal_day(id, before_ms).await.unwrap(), 144);
    assert_same(&all(store, id).await, &samples);
    assert_eq!(seal_all(store, id, before_ms).await, 144);
    assert_same(&all(store, id).await, &samples);
    // In pages, and in parts.
    let mut paged = Vec::new();
    loop {
        let from_ms = paged
            .last()
            .map_or(ALL.0, |last: &Sample| last.timestamp_ms + 1);
        let page = store.samples(id, from_ms, ALL.1, 37).await.unwrap();
        if page.is_empty() {
            break;
        }
        paged.extend(page);
    }
    assert_same(&paged, &samples);
    let (from_ms, to_ms) = (samples[100].timestamp_ms, samples[333].timestamp_ms);
    let part = store.samples(id, from_ms, to_ms, u32::MAX).await;
    assert_same(&part.unwrap(), &samples[100..333]);
}

pub async fn the_newest_sample_is_never_sealed(store: &impl Store) {
    let (id, samples) = filled(store, 10).await;
    let oldest = SealCandidate {
        computer_id: id,
        oldest_ms: samples[0].timestamp_ms,
        in_hour: 6,
    };
    assert_eq!(store.seal_candidates().await.unwrap(), [oldest]);
    assert_eq!(seal_all(store, id, i64::MAX).await, 9);
    assert_eq!(store.seal_candidates().await.unwrap(), []);
    assert_eq!(store.latest().await.unwrap(), samples[9..]);
    assert_same(&all(store, id).await, &samples);
}

pub async fn late_samples_find_their_place(store: &impl Store) {
    let (id, mut samples) = filled(store, 300).await;
    seal_all(store, id, i64::MAX).await;
    let late: Vec<_> = [3, 150, 299]
        .into_iter()
        .map(|n| Sample {
            timestamp_ms: samples[n].timestamp_ms - 60_000,
            ..sample(id, 1_000)
        })
        .collect();
    store.record(&late, &[], &[]).await.unwrap();
    samples.extend(late);
    samples.sort_by_key(|sample| sample.timestamp_ms);
    assert_same(&all(store, id).await, &samples);
    assert!(seal_all(store, id, i64::MAX).await >= 2);
    assert_same(&all(store, id).await, &samples);
    // The same samples again change nothing.
    store.record(&samples[1..3], &[], &[]).await.unwrap();
    assert_same(&all(store, id).await, &samples);
    seal_all(store, id, i64::MAX).await;
    assert_same(&all(store, id).await, &samples);
}

pub const SERIES: [&str; 5] = [
    "load.1m",
    "cpu_percent",
    "network_sent_per_sec",
    "none",
    r#"a"b:\c"#,
];

pub async fn charts_read_rows_and_chunks_alike(store: &impl Store) {
    let (id, samples) = filled(store, 400).await;
    let span = (samples[10].timestamp_ms, samples[390].timestamp_ms);
    let before = chart(store, id, &SERIES, span, 50).await;
    let moments = store.moments(id, span.0, span.1).await.unwrap();
    assert_eq!(moments.len(), 380);
    for before_ms in [START_MS + DAY_MS / 2, START_MS + 2 * DAY_MS, i64::MAX] {
        seal_all(store, id, before_ms).await;
        assert_eq!(chart(store, id, &SERIES, span, 50).await, before);
        // Moments alone.
        assert_eq!(store.moments(id, span.0, span.1).await.unwrap(), moments);
    }
}

pub async fn a_late_sample_is_drawn_once(store: &impl Store) {
    let (id, samples) = filled(store, 400).await;
    seal_all(store, id, i64::MAX).await;
    let span = (samples[50].timestamp_ms, samples[51].timestamp_ms);
    let late = Sample {
        timestamp_ms: samples[50].timestamp_ms + 1_000,
        cpu_percent: Some(77.0),
        ..sample(id, 50)
    };
    // One of them is sealed already.
    let double = samples[50].clone();
    store.record(&[late, double], &[], &[]).await.unwrap();
    for _ in 0..2 {
        let cpu = &chart(store, id, &["cpu_percent"], span, 1).await[0];
        // The fiftieth has no CPU use.
        assert_eq!(cpu[..], [Some((77.0, 77.0, 77.0, 1))]);
        let sent = &chart(store, id, &["network_sent_per_sec"], span, 1).await[0];
        assert_eq!(sent[0].map(|(.., count)| count), Some(2));
        seal_all(store, id, i64::MAX).await;
    }
}

pub async fn a_removed_computer_leaves_no_chunks(store: &impl Store) {
    let (id, _) = filled(store, 400).await;
    seal_all(store, id, i64::MAX).await;
    store.remove_computer(id, 1).await.unwrap();
    while store.purge_removed(i64::MAX, 50).await.unwrap() {}
    assert_eq!(all(store, id).await, []);
    assert_eq!(store.seal_day(id, i64::MAX).await.unwrap(), 0);
}

pub async fn names_and_span_count_what_is_sealed(store: &impl Store) {
    let (id, samples) = filled(store, 400).await;
    let names = store.extra_names(id, ALL.0, ALL.1).await.unwrap();
    let span = store.span(id).await.unwrap();
    seal_all(store, id, i64::MAX).await;
    assert_eq!(store.extra_names(id, ALL.0, ALL.1).await.unwrap(), names);
    assert_eq!(store.span(id).await.unwrap(), span);
    assert_eq!(span.unwrap().first_ms, samples[0].timestamp_ms);
}

pub async fn reading_goes_on_beside_sealing(store: &(impl Store + Clone + 'static)) {
    let (id, samples) = filled(store, 1_000).await;
    let sealing = tokio::spawn({
        let store = store.clone();
        async move { seal_all(&store, id, i64::MAX).await }
    });
    let mut reads = 0;
    while !sealing.is_finished() || reads < 3 {
        assert_same(&all(store, id).await, &samples);
        reads += 1;
    }
    assert_eq!(sealing.await.unwrap(), 999);
}

pub async fn sweep_all(store: &impl Store) {
    while store.delete_sealed_rows(i64::MAX, 70).await.unwrap() {}
}

pub async fn seal_hours(store: &impl Store, id: i64, before_ms: i64) -> Vec<u64> {
    let mut hours = Vec::new();
    loop {
        match store.seal_hours(&[id], before_ms).await.unwrap() {
            0 => return hours,
            count => hours.push(count),
        }
    }
}

pub async fn hours_become_days(store: &impl Store) {
    let (id, samples) = filled(store, 500).await;
    let end_ms = START_MS + 2 * DAY_MS + DAY_MS / 2;
    // Six samples an hour, the oldest first.
    assert_eq!(seal_hours(store, id, end_ms).await, [6; 60]);
    assert_same(&all(store, id).await, &samples);
    let got = store.oldest_unmerged_hours().await;
    assert_eq!(got.unwrap(), [(id, START_MS)]);
    for before_ms in [START_MS + DAY_MS - 1, START_MS] {
        assert_eq!(store.merge_day(id, before_ms).await.unwrap(), 0);
    }
    sweep_all(store).await;
    for _ in 0..2 {
        assert_eq!(store.merge_day(id, end_ms).await.unwrap(), 24);
        assert_same(&all(store, id).await, &samples);
    }
    // The third day is not over.
    assert_eq!(store.merge_day(id, end_ms).await.unwrap(), 0);
    let rest = store.oldest_unmerged_hours().await.unwrap();
    assert_eq!(rest, [(id, START_MS + 2 * DAY_MS)]);
    // Sealing a day takes its hours and its unsealed rows.
    assert_eq!(seal_all(store, id, i64::MAX).await, 139);
    assert_eq!(store.oldest_unmerged_hours().await.unwrap(), []);
    assert_same(&all(store, id).await, &samples);
}

pub async fn a_day_takes_rows_along_that_are_not_sealed(store: &impl Store) {
    let (id, samples) = filled(store, 300).await;
    assert_eq!(seal_hours(store, id, START_MS + DAY_MS / 2).await.len(), 12);
    assert_eq!(store.merge_day(id, START_MS + DAY_MS).await.unwrap(), 12);
    assert_same(&all(store, id).await, &samples);
    let oldest = store.seal_candidates().await.unwrap();
    assert_eq!(oldest[0].oldest_ms, samples[144].timestamp_ms);
}

pub async fn late_samples_find_their_hour_or_their_day(store: &impl Store) {
    let (id, mut samples) = filled(store, 400).await;
    seal_hours(store, id, i64::MAX).await;
    store.merge_day(id, START_MS + DAY_MS).await.unwrap();
    for round in 1..4 {
        // Into a day, into a filled and an empty hour of that day, and into hours.
        let late = [3, 20, 21, 200, 203, 380].map(|n: i64| Sample {
            timestamp_ms: samples[0].timestamp_ms + n * 600_000 + 17_000 * round,
            ..sample(id, 1_000 + n)
        });
        store.record(&late, &[], &[]).await.unwrap();
        store.record(&samples[7..8], &[], &[]).await.unwrap();
        samples.extend(late);
        samples.sort_by_key(|sample| sample.timestamp_ms);
        assert_same(&all(store, id).await, &samples);
        let sealed: u64 = seal_hours(store, id, i64::MAX).await.into_iter().sum();
        assert!((6..=7).contains(&sealed), "{sealed}");
        assert_same(&all(store, id).await, &samples);
        if round == 2 {
            sweep_all(store).await;
        }
    }
    // There is still one day; the hours are still hours.
    let oldest = store.oldest_unmerged_hours().await.unwrap();
    assert_eq!(oldest, [(id, START_MS + DAY_MS)]);
}

pub async fn charts_and_lines_read_hours_and_rows_alike(store: &impl Store) {
    let (id, samples) = filled(store, 400).await;
    let (other, _) = {
        let id = add(store, "other").await;
        let samples: Vec<_> = (0..400).map(|n| sample(id, n)).collect();
        store.record(&samples, &[], &[]).await.unwrap();
        (id, samples)
    };
    let span = (samples[10].timestamp_ms, samples[390].timestamp_ms);
    let query = LinesQuery {
        computer_ids: vec![id, other],
        column: "cpu_percent",
        from_ms: START_MS + DAY_MS,
        step_ms: 3_000_000,
        steps: 50,
    };
    let round = |lines: BTreeMap<i64, Vec<Option<f64>>>| -> Vec<_> {
        let values = lines.into_values().flatten();
        values
            .map(|value| value.map(|value| (value * 1e6).round()))
            .collect()
    };
    let drawn = chart(store, id, &SERIES, span, 50).await;
    let lines = round(store.lines(&query).await.unwrap());
    assert!(lines.iter().flatten().count() > 80);
    for step in 0..4 {
        match step {
            0 => drop(seal_hours(store, id, START_MS + DAY_MS + DAY_MS / 3).await),
            1 => drop(seal_hours(store, id, i64::MAX).await),
            2 => drop(store.merge_day(id, START_MS + DAY_MS).await.unwrap()),
            _ => sweep_all(store).await,
        }
        assert_eq!(chart(store, id, &SERIES, span, 50).await, drawn, "{step}");
        assert_eq!(round(store.lines(&query).await.unwrap()), lines, "{step}");
        let moments = store.moments(id, span.0, span.1).await.unwrap();
        assert_eq!(moments.len(), 380);
    }
}

pub async fn hours_are_forgotten_too(store: &impl Store) {
    let (id, samples) = filled(store, 400).await;
    seal_hours(store, id, i64::MAX).await;
    let before_ms = START_MS + DAY_MS / 2;
    let got = store.computers_with_samples_before(before_ms).await;
    assert_eq!(got.unwrap(), [id]);
    let mut forgotten = 0;
    while let count @ 1.. = store.delete_before(id, before_ms, 50).await.unwrap() {
        forgotten += count;
    }
    assert_eq!(forgotten, 72);
    assert_eq!(
        store
            .computers_with_samples_before(before_ms)
            .await
            .unwrap(),
        [0; 0]
    );
    assert_same(&all(store, id).await, &samples[72..]);
    let span = store.whole_span().await.unwrap().unwrap();
    assert_eq!(span.first_ms, samples[72].timestamp_ms);
    store.remove_computer(id, 1).await.unwrap();
    while store.purge_removed(i64::MAX, 50).await.unwrap() {}
    assert_eq!(all(store, id).await, []);
    assert_eq!(store.oldest_unmerged_hours().await.unwrap(), []);
}

pub async fn reading_goes_on_beside_hours_and_sweeping(store: &(impl Store + Clone + 'static)) {
    let (id, samples) = filled(store, 600).await;
    let sealing = tokio::spawn({
        let store = store.clone();
        async move {
            while store.seal_hours(&[id], i64::MAX).await.unwrap() > 0 {
                store.delete_sealed_rows(i64::MAX, 5).await.unwrap();
            }
            while store.merge_day(id, i64::MAX).await.unwrap() > 0 {}
        }
    });
    let mut reads = 0;
    while !sealing.is_finished() || reads < 3 {
        assert_same(&all(store, id).await, &samples);
        let moments = store.moments(id, ALL.0, ALL.1).await.unwrap();
        assert_eq!(moments.len(), samples.len());
        let drawn = chart(
            store,
            id,
            &["memory_total"],
            (START_MS, START_MS + 9 * DAY_MS),
            1,
        )
        .await;
        assert_eq!(drawn[0][0].map(|(.., count)| count), Some(600));
        reads += 1;
    }
    sealing.await.unwrap();
}
