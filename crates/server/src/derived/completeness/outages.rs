//! When a computer did not answer, and why, whether or not its history was filled in since.

use super::Asked;
use crate::live::REBOOTED;
use crate::poll::fetch::is_of_the_network;
use muster_store::{Event, EventKind};

/// Outages that are told of, at most: the newest.
const MAX_OUTAGES: usize = 1_000;

/// A time in which a computer did not answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outage {
    /// When the first call failed, in Unix milliseconds; before the span where it began before.
    pub from_ms: i64,
    /// When it answered again; none where it has not yet.
    pub to_ms: Option<i64>,
    /// How it failed at first, in words.
    pub reason: String,
    /// What its first answer after that showed, in words; none where it showed nothing.
    pub cause: Option<String>,
}

/// The outages of a span, oldest first.
pub fn outages(of_computer: &[Event], of_server: &[Event], asked: Asked) -> Vec<Outage> {
    let mut found: Vec<Outage> = Vec::new();
    let mut open: Option<Outage> = None;
    let mut events: Vec<&Event> = of_computer.iter().chain(of_server).collect();
    // What filling in finds may be stored before the answer that ended the outage, and is of the same moment.
    events.sort_by_key(|event| (event.at_ms, event.kind == EventKind::Cause));
    for event in events {
        match (event.kind, &mut open) {
            (EventKind::Offline, None) => open = Some(begun(event)),
            (EventKind::Online, Some(_)) => found.extend(ended(open.take(), event)),
            (EventKind::Cause, _) => explain(&mut found, event),
            _ => {}
        }
    }
    found.extend(open);
    found.retain(|outage| {
        outage.from_ms < asked.to_ms && outage.to_ms.is_none_or(|to_ms| to_ms > asked.from_ms)
    });
    found.split_off(found.len().saturating_sub(MAX_OUTAGES))
}

fn begun(event: &Event) -> Outage {
    Outage {
        from_ms: event.at_ms,
        to_ms: None,
        reason: event.detail.clone().unwrap_or_default(),
        cause: None,
    }
}

fn ended(open: Option<Outage>, event: &Event) -> Option<Outage> {
    open.map(|outage| Outage {
        to_ms: Some(event.at_ms),
        ..outage
    })
}

/// A cause comes with the answer that ended an outage. Where none ended then, it is one of a moment: a reboot
/// between two calls.
fn explain(found: &mut Vec<Outage>, event: &Event) {
    match found.last_mut() {
        Some(last) if last.to_ms == Some(event.at_ms) => {
            if says_more(&last.reason, event.detail.as_deref()) {
                last.cause.clone_from(&event.detail);
            }
        }
        _ => found.push(Outage {
            from_ms: event.at_ms,
            to_ms: Some(event.at_ms),
            reason: String::new(),
            cause: event.detail.clone(),
        }),
    }
}

/// A wrong token, or another certificate, is why calls failed, whatever became of the agent meanwhile; but for
/// a reboot, which is always told.
fn says_more(reason: &str, cause: Option<&str>) -> bool {
    is_of_the_network(reason) || cause.is_some_and(|cause| cause.starts_with(REBOOTED))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(kind: EventKind, at_ms: i64, detail: &str) -> Event {
        Event {
            computer_id: Some(1),
            at_ms,
            kind,
            detail: Some(detail.to_owned()),
            interval_ms: None,
        }
    }

    fn asked(from_ms: i64, to_ms: i64) -> Asked {
        Asked {
            from_ms,
            to_ms,
            now_ms: to_ms,
            interval_ms: 30_000,
        }
    }

    #[test]
    fn an_outage_has_its_end_and_its_cause() {
        let events = [
            event(EventKind::Offline, 100, "connection refused"),
            event(EventKind::Offline, 150, "no route to the computer"),
            event(EventKind::Cause, 200, "rebooted"),
            event(EventKind::Online, 200, ""),
            event(EventKind::Cause, 200, "rebooted, uncleanly"),
            event(EventKind::Cause, 400, "rebooted, cleanly"),
            event(EventKind::Offline, 500, "no answer within 10 s"),
        ];
        let told: Vec<_> = outages(&events, &[], asked(0, 1_000))
            .into_iter()
            .map(|outage| (outage.from_ms, outage.to_ms, outage.reason, outage.cause))
            .collect();
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            told,
            [
                (
                    100,
                    Some(200),
                    "connection refused".into(),
                    some("rebooted, uncleanly")
                ),
                (400, Some(400), String::new(), some("rebooted, cleanly")),
                (500, None, "no answer within 10 s".into(), None),
            ]
        );
        assert_eq!(outages(&events, &[], asked(250, 450)).len(), 1);
        assert_eq!(outages(&events, &[], asked(150, 160)).len(), 1);
    }
    #[test]
    fn what_was_answered_is_its_own_cause_but_for_a_reboot() {
        let stopped = "the agent was stopped, and started again";
        let changed = "its certificate changed: expected …";
        for (reason, cause, told) in [
            ("wrong token", stopped, None),
            (changed, stopped, None),
            (changed, "rebooted, cleanly", Some("rebooted, cleanly")),
            ("connection refused", stopped, Some(stopped)),
        ] {
            let events = [
                event(EventKind::Offline, 100, reason),
                event(EventKind::Online, 200, ""),
                event(EventKind::Cause, 200, cause),
            ];
            let found = outages(&events, &[], asked(0, 300));
            assert_eq!(found[0].cause.as_deref(), told, "{reason}: {cause}");
            assert_eq!(found.len(), 1);
        }
    }
}
