//! Records when the server starts and stops, and a heartbeat each minute. After a crash, the next start can tell
//! since when the server was gone.

use crate::live::Live;
use crate::ops::clock;
use crate::upkeep::recorder::{RecordError, Recorder};
use muster_store::{Event, EventKind, Store};
use std::time::Duration;

/// Name of the setting with the last heartbeat, in Unix milliseconds.
const ALIVE: &str = "alive_ms";

/// Records the start. If the previous run did not record its stop, records first when it was last alive.
///
/// # Errors
/// The database cannot be read or written.
pub async fn record_server_start(
    store: &dyn Store,
    recorder: &Recorder,
    live: &Live,
    interval: Duration,
) -> Result<(), RecordError> {
    let now_ms = clock::now_ms();
    let last = store.events(None, i64::MAX, i64::MAX, 1).await?.pop();
    let lost = lost_ms(last.as_ref(), last_sign_ms(store, live).await?, now_ms);
    let lost = lost.map(|at_ms| Event {
        interval_ms: last.as_ref().and_then(|last| last.interval_ms),
        ..event(EventKind::ServerLost, at_ms, interval)
    });
    let started = event(EventKind::ServerStarted, now_ms, interval);
    let happened: Vec<Event> = lost.into_iter().chain([started]).collect();
    recorder.record_now(&[], &happened).await
}

/// Records that the server is alive now.
pub async fn record_heartbeat(store: &dyn Store) {
    let now = clock::now_ms().to_string();
    if let Err(error) = store.set_setting(ALIVE, now.as_bytes()).await {
        tracing::warn!(%error, "cannot record the heartbeat");
    }
}

/// The event of a regular stop.
pub fn server_stopped(interval: Duration) -> Event {
    event(EventKind::ServerStopped, clock::now_ms(), interval)
}

fn event(kind: EventKind, at_ms: i64, interval: Duration) -> Event {
    Event {
        computer_id: None,
        at_ms,
        kind,
        reason: None,
        interval_ms: i64::try_from(interval.as_millis()).ok(),
    }
}

/// When a server that did not record its stop was last alive; `None` if it did. Without any events, an older Muster
/// or the Flask server used the database, and its last sign of life counts.
fn lost_ms(last: Option<&Event>, sign_ms: Option<i64>, now_ms: i64) -> Option<i64> {
    let began_ms = match last {
        Some(last) if last.kind == EventKind::ServerStopped => return None,
        Some(last) => Some(last.at_ms),
        None => None,
    };
    // After the clock was set back, the end must not lie in the future.
    Some(sign_ms.max(began_ms)?.min(now_ms))
}

/// The newest of the last heartbeat, the last answer of a computer, and the last change of a computer's status.
async fn last_sign_ms(store: &dyn Store, live: &Live) -> muster_store::Result<Option<i64>> {
    let noted = store.setting(ALIVE).await?;
    let noted = noted.and_then(|text| String::from_utf8(text).ok()?.parse().ok());
    let turns = live
        .all()
        .into_iter()
        .map(|latest| latest.state.last_seen_ms.max(latest.state.since_ms))
        .max();
    Ok(turns.flatten().max(noted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_killed_server_was_absent_since_its_last_heartbeat() {
        let last = |kind, at_ms| event(kind, at_ms, Duration::from_secs(30));
        let started = last(EventKind::ServerStarted, 1_000);
        assert_eq!(lost_ms(Some(&started), Some(5_000), 9_000), Some(5_000));
        assert_eq!(lost_ms(Some(&started), Some(500), 9_000), Some(1_000));
        assert_eq!(lost_ms(Some(&started), None, 9_000), Some(1_000));
        assert_eq!(lost_ms(Some(&started), Some(12_000), 9_000), Some(9_000));
        let stopped = last(EventKind::ServerStopped, 1_000);
        assert_eq!(lost_ms(Some(&stopped), Some(5_000), 9_000), None);
        assert_eq!(lost_ms(None, Some(5_000), 9_000), Some(5_000));
        assert_eq!(lost_ms(None, None, 9_000), None);
    }
}
