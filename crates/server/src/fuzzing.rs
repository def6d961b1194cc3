//! Ways in for the fuzzer, which knows no connection and no database. Only its builds have this.

pub use crate::poll::fetch::read_answer;

use crate::http;
use crate::intake::ingest::ingest;
use muster_store::Sample;
use muster_wire::SystemInfo;

/// Takes an answer in, and once more half a minute later: what would be stored is sound.
///
/// # Panics
/// Where it is not.
pub fn take_in(info: &SystemInfo, now_ms: i64) {
    let first = ingest(1, now_ms, info.clone(), None);
    assert_sound(&first.sample, now_ms);
    let later_ms = now_ms + 30_000;
    let second = ingest(1, later_ms, info.clone(), Some(&first.counters));
    assert_sound(&second.sample, later_ms);
}

fn assert_sound(sample: &Sample, now_ms: i64) {
    assert_eq!(sample.timestamp_ms, now_ms);
    let floats = [
        sample.cpu_percent,
        sample.memory_percent,
        sample.disk_percent,
        sample.network_sent_per_sec,
        sample.network_recv_per_sec,
    ];
    assert!(floats.iter().flatten().all(|float| float.is_finite()));
    if let Some(extra) = &sample.extra {
        let series: serde_json::Result<muster_wire::Series> = serde_json::from_str(extra);
        assert!(series.is_ok(), "what is stored can be read");
    }
}

/// Asks for history in those words.
///
/// # Panics
/// Where more is promised than an answer may carry.
pub fn ask_history(query: &str, now_ms: i64) {
    http::check_history_query(query, now_ms);
}
