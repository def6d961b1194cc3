//! The heartbeat and the ticks of the roll.

use super::*;
use crate::poll::fetch::client_config;
use crate::upkeep::disk_guard::DiskGuard;
use muster_store::sqlite::{Missing, SqliteStore};
use std::path::Path;

#[test]
fn a_roll_without_a_heartbeat_has_stopped() {
    let (tally, start) = (Tally::default(), Instant::now());
    let later = start + Duration::from_secs(60);
    assert!(tally.is_running(start));
    assert!(!tally.is_running(later));
    tally.record_heartbeat(later);
    assert!(tally.is_running(later));
}

/// A roll without computers, and its sinks.
async fn empty(folder: &Path, interval: Duration) -> (Roll, Sinks) {
    let path = folder.join("stats.db");
    let store = Arc::new(SqliteStore::open(&path, Missing::Create).await.unwrap());
    let fetcher = Fetcher::new(client_config().unwrap(), interval);
    let live = Arc::<Live>::default();
    let disk_guard = Arc::new(DiskGuard::new(store.clone()));
    let recorder = Arc::new(Recorder::new(store.clone(), disk_guard));
    let filler = Filler::new(
        fetcher.clone(),
        store,
        live.clone(),
        recorder.clone(),
        interval,
    );
    let sinks = Sinks {
        live,
        recorder,
        filler: Arc::new(filler),
        tally: Arc::default(),
    };
    let roll = Roll::new(fetcher, sinks.clone(), interval);
    (roll, sinks)
}

#[tokio::test]
async fn computers_polled_together_are_polled_equally_often() {
    let folder = tempfile::tempdir().unwrap();
    for interval in [1, 7, 30, 3_600].map(Duration::from_secs) {
        let (roll, _) = empty(folder.path(), interval).await;
        let mut moments = HashSet::new();
        for id in 1..=1_000 {
            let due = roll.started + interval.mul_f64(phase(id));
            let called = roll.tick(due);
            assert!(called >= due && called - due <= TICK, "{interval:?}");
            let next = roll.tick(due + interval) - called;
            assert!(
                next.abs_diff(interval) < Duration::from_micros(1),
                "{next:?}"
            );
            moments.insert(called);
        }
        assert!(moments.len() >= 100, "{interval:?}: {}", moments.len());
    }
}

/// Also without computers.
#[tokio::test]
async fn a_roll_sends_heartbeats() {
    let folder = tempfile::tempdir().unwrap();
    let (roll, sinks) = empty(folder.path(), Duration::from_secs(30)).await;
    let mut beats = sinks.tally.heartbeats();
    let (_roster, computers) = watch::channel(Arc::default());
    let roll = roll.run_forever(computers);
    let beat = async {
        beats.changed().await.unwrap();
        beats.changed().await.unwrap();
    };
    tokio::select! {
        () = roll => panic!("it ended"),
        waited = tokio::time::timeout(Duration::from_secs(20), beat) => waited.unwrap(),
    }
}
