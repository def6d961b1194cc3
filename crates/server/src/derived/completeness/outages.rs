//! When a computer did not answer, and why, whether or not its history was filled in later.

use super::CompletenessQuery;
use muster_store::{Event, EventKind, Reason};

/// Maximum number of outages in an answer: the newest.
const MAX_OUTAGES: usize = 1_000;

/// A time in which a computer did not answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outage {
    /// When the first poll failed, in Unix milliseconds; may be before the span.
    pub from_ms: i64,
    /// When it answered again; `None` if it has not yet.
    pub to_ms: Option<i64>,
    /// How the first poll failed; `None` if it was away only between two polls.
    pub reason: Option<Reason>,
    /// Why it had been away, as its first answer showed; `None` if it showed nothing.
    pub cause: Option<Reason>,
}

/// The outages of a span, oldest first.
pub fn outages(
    of_computer: &[Event],
    of_server: &[Event],
    asked: CompletenessQuery,
) -> Vec<Outage> {
    let mut found: Vec<Outage> = Vec::new();
    let mut open: Option<Outage> = None;
    let mut events: Vec<&Event> = of_computer.iter().chain(of_server).collect();
    // Events of a backfill may be stored before the answer that ended the outage, with the same time.
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
        reason: event.reason.clone(),
        cause: None,
    }
}

fn ended(open: Option<Outage>, event: &Event) -> Option<Outage> {
    open.map(|outage| Outage {
        to_ms: Some(event.at_ms),
        ..outage
    })
}

/// A cause comes with the answer that ended an outage. If no outage ended then, it makes an outage of no length: a
/// reboot between two polls.
fn explain(found: &mut Vec<Outage>, event: &Event) {
    match found.last_mut() {
        Some(last) if last.to_ms == Some(event.at_ms) => {
            if says_more(last.reason.as_ref(), event.reason.as_ref()) {
                last.cause.clone_from(&event.reason);
            }
        }
        _ => found.push(Outage {
            from_ms: event.at_ms,
            to_ms: Some(event.at_ms),
            reason: None,
            cause: event.reason.clone(),
        }),
    }
}

/// If polls failed because of a wrong token or another certificate, that is the cause, whatever happened to the
/// agent meanwhile. A reboot is always shown.
fn says_more(reason: Option<&Reason>, cause: Option<&Reason>) -> bool {
    reason.is_some_and(Reason::is_network_failure) || cause.is_some_and(Reason::is_reboot)
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_store::Evidence;

    fn event(kind: EventKind, at_ms: i64, reason: Option<Reason>) -> Event {
        Event {
            computer_id: Some(1),
            at_ms,
            kind,
            reason,
            interval_ms: None,
        }
    }

    fn asked(from_ms: i64, to_ms: i64) -> CompletenessQuery {
        CompletenessQuery {
            from_ms,
            to_ms,
            now_ms: to_ms,
            interval_ms: 30_000,
        }
    }

    #[test]
    fn an_outage_has_its_end_and_its_cause() {
        let refused = Some(Reason::ConnectionRefused);
        let uncleanly = Some(Reason::RebootedUncleanly(Evidence::default()));
        let cleanly = Some(Reason::RebootedCleanly(Evidence::default()));
        let late = Some(Reason::AnswerTimeout { seconds: 10 });
        let plain = Some(Reason::Rebooted(Evidence::default()));
        let events = [
            event(EventKind::Offline, 100, refused.clone()),
            event(EventKind::Offline, 150, Some(Reason::NoRoute)),
            event(EventKind::Cause, 200, plain),
            event(EventKind::Online, 200, None),
            event(EventKind::Cause, 200, uncleanly.clone()),
            event(EventKind::Cause, 400, cleanly.clone()),
            event(EventKind::Offline, 500, late.clone()),
        ];
        let found: Vec<_> = outages(&events, &[], asked(0, 1_000))
            .into_iter()
            .map(|outage| (outage.from_ms, outage.to_ms, outage.reason, outage.cause))
            .collect();
        assert_eq!(
            found,
            [
                (100, Some(200), refused, uncleanly),
                (400, Some(400), None, cleanly),
                (500, None, late, None),
            ]
        );
        assert_eq!(outages(&events, &[], asked(250, 450)).len(), 1);
        assert_eq!(outages(&events, &[], asked(150, 160)).len(), 1);
    }

    #[test]
    fn a_refusal_is_its_own_cause_but_a_reboot_is_always_shown() {
        let changed = Reason::CertificateChanged {
            expected: "1f6b…".into(),
            found: "2e01…".into(),
        };
        let rebooted = Reason::RebootedCleanly(Evidence::default());
        for (reason, cause, is_told) in [
            (Reason::WrongToken, Reason::AgentStopped, false),
            (changed.clone(), Reason::AgentStopped, false),
            (changed, rebooted, true),
            (Reason::ConnectionRefused, Reason::AgentStopped, true),
        ] {
            let events = [
                event(EventKind::Offline, 100, Some(reason)),
                event(EventKind::Online, 200, None),
                event(EventKind::Cause, 200, Some(cause.clone())),
            ];
            let found = outages(&events, &[], asked(0, 300));
            assert_eq!(found[0].cause, is_told.then_some(cause));
            assert_eq!(found.len(), 1);
        }
    }
}
