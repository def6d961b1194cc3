//! The pure part, from sample times and events to gaps.

use super::*;
use muster_store::{EventKind, Reason, Sample};
use proptest::prelude::*;

/// The interval in all of these tests is ten seconds.
const STEP_MS: i64 = 10_000;
const REFUSED: &str = "connection_refused";
const ABSENT: &str = "server_not_running";
const UNKNOWN: &str = "unknown";

fn event(at_s: i64, kind: EventKind) -> Event {
    let of_server = matches!(
        kind,
        EventKind::ServerStarted
            | EventKind::ServerStopped
            | EventKind::ServerLost
            | EventKind::ServerBlind
            | EventKind::ServerSees
    );
    Event {
        computer_id: (!of_server).then_some(1),
        at_ms: at_s * 1000,
        kind,
        reason: (kind == EventKind::Offline).then_some(Reason::ConnectionRefused),
        interval_ms: of_server.then_some(STEP_MS),
    }
}

fn asked(from_s: i64, to_s: i64) -> CompletenessQuery {
    CompletenessQuery {
        from_ms: from_s * 1000,
        to_ms: to_s * 1000,
        now_ms: 1_000_000,
        interval_ms: STEP_MS,
    }
}

/// Everything in seconds; the computer was added at `start_s`.
fn assess(
    start_s: i64,
    asked: CompletenessQuery,
    moments_s: &[i64],
    events: &[Event],
) -> Completeness {
    let (of_computer, of_server) = events
        .iter()
        .cloned()
        .partition(|e| e.computer_id.is_some());
    let known = Known {
        start_ms: Some(start_s * 1000),
        end_ms: asked.to_ms.min(asked.now_ms).max(asked.from_ms),
        of_computer,
        of_server,
    };
    let mut attendance = known.attendance(asked, asked.now_ms);
    let (from_ms, to_ms) = (attendance.look_from_ms(), attendance.look_to_ms());
    let moments = moments_s.iter().map(|moment_s| moment_s * 1000);
    moments
        .filter(|moment_ms| (from_ms..to_ms).contains(moment_ms))
        .for_each(|moment_ms| attendance.add_sample(moment_ms));
    known.conclude(attendance, asked, &[])
}

fn told(completeness: &Completeness) -> Vec<(i64, i64, &str)> {
    let gaps = completeness.gaps.iter();
    gaps.map(|gap| (gap.from_ms / 1000, gap.to_ms / 1000, gap.reason.code()))
        .collect()
}

fn every_ten(from_s: i64, to_s: i64) -> Vec<i64> {
    (from_s..to_s).step_by(10).collect()
}

#[test]
fn a_complete_history_has_no_gap() {
    let whole = assess(0, asked(100, 200), &every_ten(5, 300), &[]);
    assert_eq!((whole.expected, whole.present), (10, 10));
    assert_eq!(told(&whole), []);
}

#[test]
fn an_outage_has_its_reason_from_the_last_answer_onwards() {
    let moments = [every_ten(0, 101), every_ten(200, 350)].concat();
    let events = [
        event(110, EventKind::Offline),
        event(200, EventKind::Online),
    ];
    let outage = assess(0, asked(0, 300), &moments, &events);
    assert_eq!((outage.expected, outage.present), (30, 21));
    assert_eq!(told(&outage), [(100, 200, REFUSED)]);
    // A span in the middle of the outage is missing altogether.
    let middle = assess(0, asked(140, 150), &moments, &events);
    assert_eq!(told(&middle), [(140, 150, REFUSED)]);
    assert_eq!((middle.expected, middle.present), (1, 0));
}

/// The failed poll waits ten seconds for an answer, however short the interval is.
#[test]
fn a_poll_that_timed_out_explains_the_time_before_it() {
    let moments = [every_ten(0, 101), every_ten(200, 350)].concat();
    for (fails_s, expected) in [
        (135, vec![(100, 200, REFUSED)]),
        (136, vec![(100, 136, UNKNOWN), (136, 200, REFUSED)]),
    ] {
        let events = [
            event(fails_s, EventKind::Offline),
            event(200, EventKind::Online),
        ];
        let outage = assess(0, asked(0, 300), &moments, &events);
        assert_eq!(told(&outage), expected, "{fails_s}");
    }
}

#[test]
fn an_edge_is_a_gap_only_if_far_from_a_sample() {
    let moments = [100, 200];
    let near = assess(0, asked(101, 115), &[100, 120], &[]);
    assert_eq!(told(&near), []);
    let far = assess(0, asked(101, 115), &moments, &[]);
    assert_eq!(told(&far), [(101, 115, UNKNOWN)]);
}

#[test]
fn two_reasons_split_a_gap() {
    let moments = [every_ten(0, 101), every_ten(300, 450)].concat();
    let events = [
        event(110, EventKind::Offline),
        event(150, EventKind::ServerLost),
        event(220, EventKind::ServerStarted),
        event(300, EventKind::Online),
    ];
    let split = assess(0, asked(0, 400), &moments, &events);
    assert_eq!(
        told(&split),
        [(100, 150, REFUSED), (150, 220, ABSENT), (220, 300, REFUSED)]
    );
}

/// The server first took its own network for the cause, but it was the computer after all.
#[test]
fn an_outage_that_began_while_the_server_was_blind_is_one_gap() {
    let moments = [every_ten(0, 101), every_ten(300, 450)].concat();
    for fails_s in [105, 115] {
        let events = [
            event(fails_s, EventKind::Offline),
            event(110, EventKind::ServerBlind),
            event(200, EventKind::ServerSees),
            event(300, EventKind::Online),
        ];
        let silence = assess(0, asked(0, 400), &moments, &events);
        assert_eq!(told(&silence), [(100, 300, REFUSED)], "{fails_s}");
    }
    let events = [
        event(110, EventKind::ServerBlind),
        event(300, EventKind::ServerSees),
    ];
    let blind = assess(0, asked(0, 400), &moments, &events);
    assert_eq!(told(&blind), [(100, 300, "server_blind")]);
}

#[test]
fn the_servers_absence_lasts_until_the_first_poll() {
    let moments = [every_ten(0, 101), every_ten(205, 350)].concat();
    let events = [
        event(100, EventKind::ServerStopped),
        event(200, EventKind::ServerStarted),
    ];
    let absence = assess(0, asked(0, 300), &moments, &events);
    assert_eq!(told(&absence), [(100, 205, ABSENT)]);
}

#[test]
fn no_samples_are_expected_before_adding_or_in_the_future() {
    let young = assess(900, asked(0, 5_000), &every_ten(905, 1_000), &[]);
    assert_eq!(told(&young), [(0, 900, "not_yet_added")]);
    assert_eq!((young.expected, young.present), (10, 10));
    let unborn = assess(900, asked(0, 100), &[], &[]);
    assert_eq!(told(&unborn), [(0, 100, "not_yet_added")]);
    assert_eq!(unborn.expected, 0);
    let to_come = assess(900, asked(2_000, 3_000), &every_ten(905, 1_000), &[]);
    assert_eq!(to_come, Completeness::default());
}

#[test]
fn an_unexplained_gap_is_unknown_and_a_new_one_is_not_yet_a_gap() {
    let silent = assess(0, asked(0, 1_000), &every_ten(0, 900), &[]);
    assert_eq!(told(&silent), [(890, 1_000, UNKNOWN)]);
    let fresh = assess(0, asked(0, 1_000), &every_ten(0, 985), &[]);
    assert_eq!(told(&fresh), []);
}

#[test]
fn two_collectors_do_not_make_up_for_an_outage() {
    let twice: Vec<i64> = (0..50).flat_map(|n| [n * 10, n * 10 + 1]).collect();
    let half = assess(0, asked(0, 1_000), &twice, &[]);
    assert_eq!((half.expected, half.present), (100, 50));
}

#[test]
fn only_the_longest_of_many_gaps_are_listed() {
    // Each is longer than the one before.
    let mut moments = vec![0];
    for n in 0..1_200 {
        moments.push(moments[n] + 26 + i64::try_from(n).unwrap() / 10);
    }
    let end_s = *moments.last().unwrap();
    let wide = CompletenessQuery {
        now_ms: end_s * 1000,
        ..asked(0, end_s)
    };
    let many = assess(0, wide, &moments, &[]);
    assert_eq!((many.gaps.len(), many.gaps_left_out), (1_000, 200));
    assert_eq!(many.gaps[0].from_ms, moments[200] * 1000);
    assert!(many.gaps.is_sorted_by_key(|gap| gap.from_ms));
}

fn kind() -> impl Strategy<Value = EventKind> {
    prop::sample::select(vec![
        EventKind::Online,
        EventKind::Offline,
        EventKind::ServerStarted,
        EventKind::ServerStopped,
        EventKind::ServerLost,
    ])
}

/// Whether a second is in a gap, computed independently of the code above.
fn is_open(second: i64, start_s: i64, moments_s: &[i64]) -> bool {
    if second < start_s {
        return true;
    }
    let before = moments_s.iter().copied().filter(|&moment| moment <= second);
    let after = moments_s.iter().copied().find(|&moment| moment > second);
    // The computer was added before its first sample, and the present comes after its last.
    let before = before.max().unwrap_or(start_s).max(start_s);
    after.unwrap_or(1_000) - before > 25
}

proptest! {
    #[test]
    fn gaps_cover_exactly_what_samples_leave_open(
        start_s in 0_i64..1_000,
        from_s in 0_i64..1_000,
        length_s in 1_i64..600,
        moments in prop::collection::btree_set(0_i64..1_000, 0..80),
        events in prop::collection::vec((0_i64..1_000, kind()), 0..12),
    ) {
        let moments: Vec<i64> = moments.into_iter().filter(|&moment| moment >= start_s).collect();
        let mut events: Vec<Event> =
            events.into_iter().map(|(at_s, kind)| event(at_s, kind)).collect();
        events.sort_by_key(|event| event.at_ms);
        let found = assess(start_s, asked(from_s, from_s + length_s), &moments, &events);
        let end_s = (from_s + length_s).min(1_000);
        for pair in found.gaps.windows(2) {
            prop_assert!(pair[0].to_ms <= pair[1].from_ms);
            // Adjacent gaps have different reasons.
            prop_assert!(pair[0].to_ms < pair[1].from_ms || pair[0].reason != pair[1].reason
                || moments.contains(&(pair[0].to_ms / 1000)) || pair[0].to_ms == start_s * 1000);
        }
        for gap in &found.gaps {
            prop_assert!(from_s * 1000 <= gap.from_ms && gap.from_ms < gap.to_ms && gap.to_ms <= end_s * 1000);
        }
        for second in from_s..end_s {
            let covered = found.gaps.iter()
                .any(|gap| (gap.from_ms..gap.to_ms).contains(&(second * 1000)));
            prop_assert_eq!(covered, is_open(second, start_s, &moments), "second {}: {:?}", second, told(&found));
        }
    }
}

#[test]
fn received_but_unwritten_samples_are_not_a_gap() {
    let known = Known {
        start_ms: Some(0),
        end_ms: 200_000,
        of_computer: Vec::new(),
        of_server: Vec::new(),
    };
    let asked = asked(100, 200);
    let gaps = |newest_s: i64| {
        let mut attendance = known.attendance(asked, 200_000);
        every_ten(90, 171)
            .into_iter()
            .for_each(|moment_s| attendance.add_sample(moment_s * 1000));
        let mut latest = Latest::default();
        latest.sample = Some(Sample {
            timestamp_ms: newest_s * 1000,
            ..Sample::default()
        });
        let written = Span {
            first_ms: 0,
            last_ms: 170_000,
        };
        add_unwritten(&latest, written, &mut attendance);
        told(&known.conclude(attendance, asked, &[])).len()
    };
    assert_eq!(gaps(170), 1);
    assert_eq!(gaps(190), 0);
    assert_eq!(gaps(250), 1, "it lies beyond what is looked at");
}
