//! Live state follows the roster and the answers of computers, and returns what to store.

use super::*;
use crate::intake::ingest::ingest;
use muster_store::{Condition, EventKind};
use muster_wire::SystemInfo;

const INTERVAL_MS: i64 = 30_000;

fn live() -> Live {
    let live = Live::default();
    live.apply_roster(&[computer(1, "one"), computer(2, "two")]);
    live
}

/// A reader that has read everything so far.
fn up_to_date(live: &Live) -> ChangeCursor {
    let mut cursor = ChangeCursor::default();
    let _ = live.changes_since(&mut cursor);
    cursor
}

fn computer(id: i64, name: &str) -> Computer {
    Computer {
        id,
        name: name.into(),
        url: "http://box".into(),
        token: "secret".into(),
        polled: true,
        tags: Vec::new(),
        note: String::new(),
        tls_sha256: None,
        state: Arc::new(ComputerState {
            id,
            ..ComputerState::default()
        }),
    }
}

fn intake(now_ms: i64) -> Intake {
    intake_of(1, now_ms)
}

fn intake_of(id: i64, now_ms: i64) -> Intake {
    ingest(id, now_ms, SystemInfo::default(), None)
}

#[test]
fn reports_each_change_once() {
    let live = live();
    let (mut one, mut other) = (up_to_date(&live), up_to_date(&live));
    live.record_answer(1, intake(5), INTERVAL_MS);
    assert_eq!(live.changes_since(&mut one).changed[0].id, 1);
    assert!(live.changes_since(&mut one).changed.is_empty());
    assert_eq!(live.changes_since(&mut other).changed[0].id, 1);
}

#[test]
fn follows_the_roster() {
    let live = live();
    let mut cursor = up_to_date(&live);
    live.apply_roster(&[computer(2, "zwei"), computer(3, "three")]);
    let changes = live.changes_since(&mut cursor);
    assert_eq!(changes.removed, [1]);
    let names: Vec<&str> = changes.changed.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names, ["zwei", "three"]);
    assert_eq!(
        live.record_answer(1, intake(5), INTERVAL_MS),
        News::default()
    );
    assert!(live.get(1).is_none());
}

#[test]
fn saves_a_state_when_it_changes_and_last_seen_on_request() {
    let live = live();
    assert!(
        live.record_answer(1, intake(1_000), INTERVAL_MS)
            .state
            .is_some()
    );
    assert!(
        live.record_answer(1, intake(31_000), INTERVAL_MS)
            .state
            .is_none()
    );
    assert_eq!(live.take_unstored()[0].last_seen_ms, Some(31_000));
    assert!(live.take_unstored().is_empty());
    let first = live.record_failure(1, &FetchError::Refused, 91_000, INTERVAL_MS);
    assert!(first.again && first.state.is_none());
    let second = live.record_failure(1, &FetchError::Refused, 106_000, INTERVAL_MS);
    assert!(!second.again);
    let stored = second.state.unwrap();
    assert_eq!(stored.assessment.condition, Condition::Down);
    assert!(
        live.record_failure(1, &FetchError::Refused, 121_000, INTERVAL_MS)
            .state
            .is_none()
    );
    assert!(
        live.record_failure(1, &FetchError::NoRoute, 151_000, INTERVAL_MS)
            .state
            .is_some()
    );
    assert!(live.take_unstored().is_empty());
    let state = live.get(1).unwrap().state.clone();
    assert_eq!(
        (state.since_ms, state.last_seen_ms),
        (Some(91_000), Some(31_000))
    );
    assert_eq!(state.reason, Some(Reason::NoRoute));
    assert_eq!(state.assessment.condition, Condition::Down);
}

#[test]
fn each_status_change_and_new_reason_is_an_event() {
    let live = live();
    let told = [
        live.record_answer(1, intake(1_000), INTERVAL_MS),
        live.record_answer(1, intake(2_000), INTERVAL_MS),
        live.record_failure(1, &FetchError::Refused, 3_000, INTERVAL_MS),
        live.record_failure(1, &FetchError::Refused, 4_000, INTERVAL_MS),
        live.record_failure(1, &FetchError::NoRoute, 5_000, INTERVAL_MS),
        live.record_failure(1, &FetchError::NoRoute, 5_500, INTERVAL_MS),
        live.record_answer(1, intake(6_000), INTERVAL_MS),
    ];
    let events = told.iter().flat_map(|news| &news.events);
    let told: Vec<_> = events
        .map(|event| (event.kind, event.at_ms, event.reason.clone()))
        .collect();
    assert_eq!(
        told,
        [
            (EventKind::Online, 1_000, None),
            (EventKind::Offline, 3_000, Some(Reason::ConnectionRefused)),
            (EventKind::Offline, 5_000, Some(Reason::NoRoute)),
            (EventKind::Online, 6_000, None),
        ]
    );
}

/// An agent that fails differently each time, or restarts each time, does not fill the database.
#[test]
fn the_number_of_asides_is_limited() {
    let live = live();
    live.record_answer(1, intake(1_000), INTERVAL_MS);
    let mut told = 0;
    for n in 0..500 {
        let why = FetchError::Broken(n.to_string());
        told += live
            .record_failure(1, &why, 2_000 + n, INTERVAL_MS)
            .events
            .len();
    }
    assert!((50..=61).contains(&told), "{told}");
    let turned = live.record_answer(1, intake(9_000), INTERVAL_MS).events;
    assert_eq!(turned[0].kind, EventKind::Online);
    let why = FetchError::Broken("in the next hour".into());
    live.record_failure(1, &why, 3_700_000, INTERVAL_MS);
    let told = live.record_failure(1, &why, 3_700_001, INTERVAL_MS).events;
    assert_eq!(told.len(), 1);
}

#[test]
fn one_failure_is_only_late() {
    let live = live();
    live.record_answer(1, intake(1_000), INTERVAL_MS);
    let news = live.record_failure(1, &FetchError::Refused, 31_000, INTERVAL_MS);
    assert_eq!((news.events, news.state, news.again), (vec![], None, true));
    let latest = live.get(1).unwrap();
    assert_eq!(latest.state.status, Status::Online);
    assert_eq!(latest.late.as_ref().unwrap().since_ms, 31_000);
    assert_eq!(latest.state.assessment.condition, Condition::Late);
    let news = live.record_answer(1, intake(46_000), INTERVAL_MS);
    assert!(news.events.is_empty() && live.get(1).unwrap().late.is_none());
}

#[test]
fn many_simultaneous_failures_are_events_of_the_server_only() {
    let live = Live::default();
    let roster: Vec<Computer> = (1..=6).map(|id| computer(id, &id.to_string())).collect();
    live.apply_roster(&roster);
    let answer = |id, now_ms| live.record_answer(id, intake_of(id, now_ms), INTERVAL_MS);
    let fail = |id, now_ms| live.record_failure(id, &FetchError::Refused, now_ms, INTERVAL_MS);
    for id in 1..=6 {
        answer(id, 1_000);
    }
    let told: Vec<Event> = [(1, 31), (2, 32), (3, 33), (1, 46), (2, 47), (3, 48)]
        .into_iter()
        .flat_map(|(id, at_s)| fail(id, at_s * 1_000).events)
        .collect();
    assert_eq!(told.len(), 1);
    assert_eq!(
        (told[0].kind, told[0].computer_id),
        (EventKind::ServerBlind, None)
    );
    assert_eq!(
        told[0].reason,
        Some(Reason::ServerBlind {
            failing: Some(3),
            of: Some(6)
        })
    );
    assert_eq!(live.blind().unwrap().since_ms, 46_000);
    let changes = live.changes_since(&mut ChangeCursor::default());
    assert!(changes.sight && !changes.is_reset);
    assert_eq!(answer(1, 61_000).events, []);
    // One of six is a problem of that computer alone.
    assert_eq!(answer(2, 62_000).events[0].kind, EventKind::ServerSees);
    assert_eq!(live.blind(), None);
    let gone = fail(3, 63_000);
    assert_eq!(gone.events[0].kind, EventKind::Offline);
    assert_eq!(gone.events[0].at_ms, 33_000);
}

#[test]
fn a_late_answer_leaves_a_gap_until_it_is_backfilled() {
    let live = live();
    let keeping = |now_ms, sequence| {
        let mut intake = intake(now_ms);
        intake.agent = Some(muster_wire::Agent {
            run: "run".into(),
            sequence,
            kept: Some(9),
            ..muster_wire::Agent::default()
        });
        intake
    };
    let at = |live: &Live| live.complete_until(1).unwrap().at_ms;
    assert!(!live.record_answer(1, keeping(1_000, 1), INTERVAL_MS).open);
    assert!(!live.record_answer(1, keeping(31_000, 3), INTERVAL_MS).open);
    assert!(
        live.record_answer(1, keeping(931_000, 60), INTERVAL_MS)
            .open
    );
    assert!(
        !live
            .record_answer(1, keeping(961_000, 62), INTERVAL_MS)
            .open,
        "asked for already"
    );
    assert_eq!(at(&live), 31_000);
    live.end_fill(1, false);
    assert!(
        live.record_answer(1, keeping(991_000, 64), INTERVAL_MS)
            .open,
        "once more"
    );
    assert!(
        !live
            .record_answer(1, keeping(1_001_000, 65), INTERVAL_MS)
            .open
    );
    live.end_fill(1, true);
    assert_eq!(at(&live), 1_001_000);
    assert!(
        !live
            .record_answer(1, keeping(1_021_000, 66), INTERVAL_MS)
            .open
    );
    assert_eq!(at(&live), 1_021_000);
}

#[test]
fn readings_of_another_computer_are_not_backfilled() {
    let live = live();
    let answering = |hostname: &str, now_ms| {
        let mut intake = intake(now_ms);
        intake.facts.hostname = Some(hostname.into());
        intake.agent = Some(muster_wire::Agent {
            run: format!("run of {hostname}"),
            kept: Some(9),
            ..muster_wire::Agent::default()
        });
        intake
    };
    live.record_answer(1, answering("old", 1_000), INTERVAL_MS);
    let moved = live.record_answer(1, answering("new", 931_000), INTERVAL_MS);
    assert!(!moved.open);
    assert_eq!(live.complete_until(1).unwrap().run, "run of new");
}
