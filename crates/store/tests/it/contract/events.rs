//! Events are stored with what they belong to, and deleted with their computer.

use super::{add, sample};
use muster_store::{Event, EventKind, Reason, Store};

fn offline(computer_id: i64, at_ms: i64, reason: &str) -> Event {
    Event {
        computer_id: Some(computer_id),
        at_ms,
        kind: EventKind::Offline,
        reason: Some(Reason::Text {
            text: reason.to_owned(),
        }),
        interval_ms: None,
    }
}

fn of_the_server(kind: EventKind, at_ms: i64) -> Event {
    Event {
        computer_id: None,
        at_ms,
        kind,
        reason: None,
        interval_ms: Some(30_000),
    }
}

async fn all(store: &impl Store, computer_id: Option<i64>) -> Vec<Event> {
    store
        .events(computer_id, i64::MIN, i64::MAX, u32::MAX)
        .await
        .unwrap()
}

pub async fn a_computer_begins_with_being_added(store: &impl Store) {
    let id = add(store, "box").await;
    let events = all(store, Some(id)).await;
    assert_eq!(
        (events.len(), events[0].kind, events[0].computer_id),
        (1, EventKind::Added, Some(id))
    );
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let now_ms = i64::try_from(now.unwrap().as_millis()).unwrap();
    assert!((now_ms - events[0].at_ms).abs() < 10_000, "{events:?}");
    let got = store.first_event_ms(id).await;
    assert_eq!(got.unwrap(), Some(events[0].at_ms));
    assert_eq!(store.first_event_ms(id + 1).await.unwrap(), None);
}

pub async fn a_span_of_events_begins_with_the_one_before(store: &impl Store) {
    let (one, two) = (add(store, "one").await, add(store, "two").await);
    let mine: Vec<_> = (1..=5).map(|n| offline(one, n * 100, "no route")).collect();
    let theirs = [offline(two, 250, "wrong token")];
    let server = [
        of_the_server(EventKind::ServerStarted, 90),
        of_the_server(EventKind::ServerLost, 290),
        of_the_server(EventKind::ServerStopped, 290),
    ];
    let together = [&mine[..], &theirs, &server].concat();
    store.record(&[], &[], &together).await.unwrap();
    let span = async |id, from_ms, to_ms, limit| {
        let events = store.events(id, from_ms, to_ms, limit).await;
        events.unwrap()
    };
    assert_eq!(span(Some(one), 300, 500, 100).await, mine[1..4]);
    assert_eq!(span(Some(one), 301, 500, 100).await, mine[2..4]);
    assert_eq!(span(Some(one), 50, 101, 100).await, mine[..1]);
    assert_eq!(span(Some(one), 300, 500, 2).await, mine[2..4]);
    assert_eq!(span(None, 100, 291, 100).await, server);
    // A query for the end alone returns the last event.
    assert_eq!(span(None, i64::MAX, i64::MAX, 1).await, server[2..]);
    assert_eq!(span(Some(two), 0, 251, 100).await, theirs);
}

pub async fn events_go_with_their_computer(store: &impl Store) {
    let (gone, stays) = (add(store, "gone").await, add(store, "stays").await);
    let many: Vec<_> = (0..250).map(|n| offline(gone, n, "refused")).collect();
    store.record(&[], &[], &many).await.unwrap();
    store.remove_computer(gone, 1).await.unwrap();
    // Events of a removed computer are left out, without affecting others.
    let late = [offline(gone, 900, "late"), offline(stays, 901, "kept")];
    let samples = [sample(gone, 900), sample(stays, 901)];
    store.record(&samples, &[], &late).await.unwrap();
    let mut slices = 0;
    while store.purge_removed(i64::MAX, 100).await.unwrap() {
        slices += 1;
    }
    // Three slices of 251 events, and one for the computer.
    assert_eq!(slices, 4);
    assert_eq!(all(store, Some(gone)).await, []);
    assert_eq!(all(store, Some(stays)).await[0], late[1]);
    // The same after it is deleted.
    store.record(&[], &[], &late).await.unwrap();
    assert_eq!(all(store, Some(gone)).await, []);
    assert_eq!(
        all(store, Some(stays)).await[..2],
        [late[1].clone(), late[1].clone()]
    );
}
