//! The roll's sign of life.

use super::*;
use crate::fetch::client_config;
use crate::room::Room;
use muster_store::sqlite::{Missing, SqliteStore};

#[test]
fn a_roll_without_a_sign_of_life_has_stopped() {
    let (tally, start) = (Tally::default(), Instant::now());
    let later = start + Duration::from_secs(60);
    assert!(tally.goes_on(start));
    assert!(!tally.goes_on(later));
    tally.beat(later);
    assert!(tally.goes_on(later));
}

/// Also with nobody on it.
#[tokio::test]
async fn a_roll_gives_signs_of_life() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stats.db");
    let store = Arc::new(SqliteStore::open(&path, Missing::Create).await.unwrap());
    let interval = Duration::from_secs(30);
    let fetcher = Fetcher::new(client_config().unwrap(), interval);
    let (live, room) = (Arc::<Live>::default(), Arc::new(Room::new(store.clone())));
    let filler = Filler::new(
        fetcher.clone(),
        store.clone(),
        live.clone(),
        room.clone(),
        interval,
    );
    let outlets = Outlets {
        live,
        recorder: Arc::new(Recorder::new(store, room)),
        filler: Arc::new(filler),
        tally: Arc::default(),
    };
    let mut beats = outlets.tally.beats();
    let (_roster, computers) = watch::channel(Arc::default());
    let roll = Roll::new(fetcher, outlets, interval).call(computers);
    let beat = async {
        beats.changed().await.unwrap();
        beats.changed().await.unwrap();
    };
    tokio::select! {
        () = roll => panic!("it ended"),
        waited = tokio::time::timeout(Duration::from_secs(20), beat) => waited.unwrap(),
    }
}
