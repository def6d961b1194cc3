//! Samples: stored, and read in all ways that pages need.

use super::{add, chart, record, sample};
use muster_store::{ComputerState, LinesQuery, Sample, Span, Store};

pub async fn a_sample_comes_back_as_it_was(store: &impl Store) {
    let id = add(store, "one").await;
    let empty = Sample {
        computer_id: id,
        timestamp_ms: 2,
        ..Sample::default()
    };
    record(store, &[empty.clone(), sample(id, 1_763_575_200_123)]).await;
    let stored = store.samples(id, 0, i64::MAX, 10).await.unwrap();
    assert_eq!(stored, [empty, sample(id, 1_763_575_200_123)]);
}

pub async fn samples_of_nobody_and_doubles_are_left_out(store: &impl Store) {
    let (one, removed) = (add(store, "one").await, add(store, "removed").await);
    store.remove_computer(removed, 1).await.unwrap();
    let doubled = Sample {
        cpu_percent: Some(99.0),
        ..sample(one, 1000)
    };
    let batch = [
        sample(one, 1000),
        sample(777, 1000),
        sample(removed, 1000),
        doubled,
        sample(one, 999),
    ];
    record(store, &batch).await;
    record(store, &batch).await;
    let stored = store.samples(one, 0, i64::MAX, 10).await.unwrap();
    assert_eq!(stored, [sample(one, 999), sample(one, 1000)]);
    assert_eq!(store.samples(777, 0, i64::MAX, 10).await.unwrap(), []);
    assert_eq!(store.samples(removed, 0, i64::MAX, 10).await.unwrap(), []);
}

pub async fn a_batch_is_stored_however_large(store: &impl Store) {
    let id = add(store, "one").await;
    for (count, from_ms) in [(0, 0), (1, 1000), (9, 2000), (111, 3000), (1234, 4000)] {
        let batch: Vec<_> = (0..count).map(|n| sample(id, from_ms + n)).collect();
        record(store, &batch).await;
        let got = store.samples(id, from_ms, from_ms + 5000, 5000).await;
        assert_eq!(got.unwrap(), batch);
        store.record(&[], &[], &[]).await.unwrap();
    }
}

pub async fn the_latest_of_each_computer(store: &impl Store) {
    let (one, two) = (add(store, "one").await, add(store, "two").await);
    add(store, "silent").await;
    record(
        store,
        &[sample(one, 1000), sample(one, 3000), sample(two, 500)],
    )
    .await;
    record(store, &[sample(one, 2000)]).await;
    let mut latest = store.latest().await.unwrap();
    latest.sort_by_key(|sample| sample.computer_id);
    assert_eq!(latest, [sample(one, 3000), sample(two, 500)]);
}

pub async fn samples_are_paged(store: &impl Store) {
    let id = add(store, "one").await;
    let other = add(store, "other").await;
    let all: Vec<_> = (0..25).map(|n| sample(id, n * 10)).collect();
    record(store, &all).await;
    record(store, &[sample(other, 105)]).await;
    let mut paged = Vec::new();
    let mut from_ms = 0;
    loop {
        let page = store.samples(id, from_ms, 240, 7).await.unwrap();
        let Some(last) = page.last() else { break };
        from_ms = last.timestamp_ms + 1;
        paged.extend(page);
    }
    // The last sample is at the end, which is exclusive.
    assert_eq!(paged, all[..24]);
    assert_eq!(store.samples(id, 200, 100, 7).await.unwrap(), []);
}

pub async fn charts_come_in_the_order_asked_for(store: &impl Store) {
    let id = add(store, "one").await;
    let bare = Sample {
        computer_id: id,
        timestamp_ms: 2000,
        ..Sample::default()
    };
    record(store, &[sample(id, 1000), bare, sample(id, 3000)]).await;
    let names = [
        "load.1m",
        "memory_used",
        "nobody's",
        "cpu_percent",
        "memory_used",
    ];
    let charts = chart(store, id, &names, (1000, 3000), 2).await;
    let one = |value| vec![Some((value, value, value, 1)), None];
    let (load, used, cpu) = (one(0.1 + 0.2), one(1000.0), one(12.300_000_000_000_002));
    for (chart, expected) in charts
        .iter()
        .zip([load, used.clone(), vec![None; 2], cpu, used])
    {
        let rounded = |found: &Option<(f64, f64, f64, u32)>| {
            found.map(|(min, _, max, count)| (min, min, max, count))
        };
        assert_eq!(chart.iter().map(rounded).collect::<Vec<_>>(), expected);
    }
    let all = chart(store, id, &Sample::COLUMNS, (3000, 3001), 1).await;
    assert_eq!(all[9][0].map(|(min, ..)| min), Some(27_623.933_333_333_334));
    assert_eq!(
        (all[10][0], all[2][0].map(|(min, ..)| min)),
        (None, Some(3000.0))
    );
    let got = store.moments(id, 0, 9000).await;
    assert_eq!(got.unwrap(), [1000, 2000, 3000]);
}

pub async fn lines_of_many_computers_at_once(store: &impl Store) {
    let (one, two) = (add(store, "one").await, add(store, "two").await);
    let (silent, unasked) = (add(store, "silent").await, add(store, "unasked").await);
    let used = |id, ms, percent| Sample {
        cpu_percent: percent,
        ..sample(id, ms)
    };
    let samples = [
        used(one, 999, Some(90.0)),
        used(one, 1000, Some(1.0)),
        used(one, 1400, Some(2.0)),
        used(one, 2999, None),
        used(one, 3000, Some(90.0)),
        used(two, 2500, Some(7.0)),
        used(unasked, 2500, Some(8.0)),
    ];
    record(store, &samples).await;
    let query = LinesQuery {
        computer_ids: vec![two, silent, 777, one],
        column: "cpu_percent",
        from_ms: 1000,
        step_ms: 1000,
        steps: 2,
    };
    let lines = store.lines(&query).await.unwrap();
    assert_eq!(lines[&one], [Some(1.5), None]);
    assert_eq!(lines[&two], [None, Some(7.0)]);
    assert_eq!(lines[&silent], [None, None]);
    assert_eq!(lines[&777], [None, None]);
    assert_eq!(lines.len(), 4);
    // A chart has the same numbers.
    let drawn = chart(store, one, &["cpu_percent"], (1000, 3000), 2).await;
    assert_eq!(drawn[0], [Some((1.0, 1.5, 2.0, 2)), None]);
}

pub async fn odd_names_in_extra(store: &impl Store) {
    let id = add(store, "one").await;
    let names = [
        "disk.used_bytes:/da\"ta",
        "a\\b",
        "a'b",
        "$.x[0]",
        "?",
        "cpu.core.percent:3",
        "a; b",
    ];
    let pairs: Vec<_> = names
        .iter()
        .enumerate()
        .map(|(n, name)| format!("{name:?}:{n}.5"))
        .collect();
    let extra = Some(format!("{{{}}}", pairs.join(",")));
    record(
        store,
        &[Sample {
            extra,
            ..sample(id, 1000)
        }],
    )
    .await;
    let charts = chart(store, id, &names, (0, 2000), 1).await;
    let values: Vec<_> = charts
        .iter()
        .map(|chart| chart[0].map(|(min, ..)| min))
        .collect();
    let expected: Vec<_> = (0..names.len()).map(|n| Some(n as f64 + 0.5)).collect();
    assert_eq!(values, expected);
    let mut sorted = names;
    sorted.sort_unstable();
    assert_eq!(store.extra_names(id, 0, 2000).await.unwrap(), sorted);
}

pub async fn names_in_extra_are_found_in_many(store: &impl Store) {
    let id = add(store, "one").await;
    let named = |name: &str, ms| Sample {
        extra: Some(format!("{{\"{name}\":1}}")),
        ..sample(id, ms)
    };
    let mut all: Vec<_> = (0..5000).map(|n| named("always", n * 1000)).collect();
    // A name that appears late and stays is found, though not each sample is read.
    all.extend((5000..6000).map(|n| named("late", n * 1000)));
    all.push(Sample {
        extra: None,
        ..sample(id, 6_000_000)
    });
    record(store, &all).await;
    let got = store.extra_names(id, 0, i64::MAX).await;
    assert_eq!(got.unwrap(), ["always", "late"]);
    assert_eq!(store.extra_names(id, 0, 100_000).await.unwrap(), ["always"]);
    let got = store.extra_names(id, 6_000_000, i64::MAX).await;
    assert!(got.unwrap().is_empty());
    let got = store.extra_names(777, 0, i64::MAX).await;
    assert!(got.unwrap().is_empty());
}

pub async fn a_history_has_a_span(store: &impl Store) {
    let id = add(store, "one").await;
    assert_eq!(store.span(id).await.unwrap(), None);
    record(
        store,
        &[sample(id, 3000), sample(id, 1000), sample(id, 2000)],
    )
    .await;
    let span = Span {
        first_ms: 1000,
        last_ms: 3000,
    };
    assert_eq!(store.span(id).await.unwrap(), Some(span));
    assert_eq!(store.span(777).await.unwrap(), None);
}

pub async fn reading_goes_on_beside_writing(store: &impl Store) {
    let id = add(store, "one").await;
    let write = async {
        for second in 0..100 {
            let batch: Vec<_> = (0..50).map(|n| sample(id, second * 1000 + n)).collect();
            let state = ComputerState {
                id,
                last_seen_ms: Some(second * 1000),
                ..ComputerState::default()
            };
            store.record(&batch, &[state], &[]).await.unwrap();
        }
    };
    let read = async || {
        for _ in 0..20 {
            // A batch is visible as a whole or not at all.
            let stored = store.samples(id, 0, i64::MAX, 10_000).await.unwrap();
            assert_eq!(stored.len() % 50, 0);
            store.latest().await.unwrap();
            store.computers().await.unwrap();
        }
    };
    tokio::join!(write, read(), read(), read(), read(), read(), read());
    let got = store.samples(id, 0, i64::MAX, 10_000).await;
    assert_eq!(got.unwrap().len(), 5000);
}
