//! Recorded readings come back in order, once, and within bounds.

use super::*;
use serde_json::json;

fn reading(run: &str, sequence: u64, series: u64) -> Reading {
    let many: Reading = (0..series)
        .map(|n| {
            (
                format!("some.reading:{n}"),
                ((sequence * n * 7919) % 100_003).into(),
            )
        })
        .collect();
    let whole = json!({
        "agent": {"version": "1", "run": run, "sequence": sequence, "time_ms": 1_000 * 30 * sequence},
        "cpu_percent": (sequence % 100) as f64 / 2.0,
        "series": many,
        "top_processes": [{"pid": sequence, "name": "java"}],
    });
    whole.as_object().unwrap().clone()
}

fn ring(run: &str, sequences: std::ops::RangeInclusive<u64>) -> Ring {
    let mut ring = Ring::new(Limits::new(Duration::from_secs(86_400)));
    sequences.for_each(|sequence| ring.push(&reading(run, sequence, 2)));
    ring
}

/// The sequence numbers of all pages after a cursor.
fn read(ring: &Ring, cursor: &str) -> Vec<u64> {
    let mut cursor = cursor.to_owned();
    let mut read = Vec::new();
    loop {
        let history = ring.readings_after(cursor.parse().ok().as_ref());
        let sequence = |reading: &Value| reading["agent"]["sequence"].as_u64().unwrap();
        read.extend(history.readings.iter().map(sequence));
        match history.next {
            Some(next) if history.more => cursor = next,
            _ => return read,
        }
    }
}

#[test]
fn readings_after_the_cursor_are_returned_in_order() {
    let ring = ring("run-a", 1..=200);
    assert_eq!(read(&ring, "run-a.150"), (151..=200).collect::<Vec<_>>());
    assert_eq!(read(&ring, "run-a.31"), (32..=200).collect::<Vec<_>>());
    for all in ["", "run-x.5", "nonsense", "run-a.0"] {
        assert_eq!(read(&ring, all), (1..=200).collect::<Vec<_>>(), "{all}");
    }
    assert!(read(&ring, "run-a.200").is_empty());
    assert_eq!(ring.len(), 200);
}

#[test]
fn a_known_reading_is_not_added_again() {
    let mut ring = ring("run-a", 1..=100);
    ring.push(&reading("run-a", 100, 2));
    ring.push(&reading("run-a", 7, 2));
    assert_eq!(ring.len(), 100);
}

#[test]
fn runs_follow_one_another() {
    let mut ring = ring("run-a", 1..=100);
    (1..=100).for_each(|sequence| ring.push(&reading("run-b", sequence, 2)));
    let returned: Vec<u64> = (91..=100).chain(1..=100).collect();
    assert_eq!(read(&ring, "run-a.90"), returned);
    assert_eq!(read(&ring, "run-b.90"), (91..=100).collect::<Vec<_>>());
}

#[test]
fn the_newest_have_their_processes_with_them() {
    let ring = ring("run-a", 1..=200);
    let history = ring.readings_after(Some(&"run-a.199".parse().unwrap()));
    assert_eq!(history.readings[0]["top_processes"][0]["name"], "java");
}

#[test]
fn a_day_of_many_series_stays_below_a_megabyte_and_the_oldest_go() {
    let mut ring = Ring::new(Limits::new(Duration::from_secs(86_400)));
    (1..=6_000).for_each(|sequence| ring.push(&reading("run-a", sequence, 60)));
    assert!(ring.bytes <= 900 << 10, "{}", ring.bytes);
    let first = read(&ring, "")[0];
    assert!((3_050..=6_000 - 2_000).contains(&first), "{first}");
    let page = ring.readings_after(None);
    let bytes = serde_json::to_vec(&page).unwrap().len();
    assert!(page.more && bytes <= 256 << 10, "{bytes}");
}

#[test]
fn if_a_day_does_not_fit_the_oldest_readings_are_dropped() {
    let limits = Limits {
        bytes: 64 << 10,
        ..Limits::new(Duration::from_secs(86_400))
    };
    let mut ring = Ring::new(limits);
    (1..=2_000).for_each(|sequence| ring.push(&reading("run-a", sequence, 20)));
    assert!(ring.bytes <= limits.bytes, "{}", ring.bytes);
    let kept = read(&ring, "");
    assert!(kept.len() > 200, "{}", kept.len());
    assert_eq!(kept, (kept[0]..=2_000).collect::<Vec<_>>());
}

#[test]
fn readings_older_than_a_day_are_dropped() {
    let ring = ring("run-a", 1..=6_000);
    let first = read(&ring, "")[0];
    assert!((3_050..=3_120).contains(&first), "{first}");
}

/// Waits until the folder contains this reading and no write is half done.
fn written(folder: &std::path::Path, sequence: u64) {
    let line = format!("\"sequence\":{sequence},");
    let has_it = || {
        let text = std::fs::read_to_string(folder.join("history.recent")).unwrap_or_default();
        text.ends_with('\n') && text.lines().last().is_some_and(|last| last.contains(&line))
    };
    while !has_it() {
        std::thread::yield_now();
    }
}

#[test]
fn a_ring_survives_a_restart_and_a_truncated_file() {
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits::new(Duration::from_secs(86_400));
    let open = || Ring::restore(limits, RingFolder::open(folder.path()).unwrap());
    let mut ring = open();
    for sequence in 1..=150 {
        ring.push(&reading("run-a", sequence, 2));
        written(folder.path(), sequence);
    }
    drop(ring);
    let again = open();
    assert_eq!(read(&again, ""), (1..=150).collect::<Vec<_>>());
    drop(again);
    let blocks = folder.path().join("history.blocks");
    let bytes = std::fs::read(&blocks).unwrap();
    std::fs::write(&blocks, &bytes[..bytes.len() - 5]).unwrap();
    let cut = open();
    let returned = read(&cut, "");
    assert_eq!(returned.last(), Some(&150));
    assert!(
        returned.len() >= 100 && returned.len() < 150,
        "{}",
        returned.len()
    );
}
