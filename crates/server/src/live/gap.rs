//! Whether there is a gap between an answer and the one before.

use muster_store::Complete;
use muster_wire::Agent;

/// Two readings that are more intervals apart than this have a gap between them.
const FAR_IN_INTERVALS: f64 = 1.6;

/// Whether readings before an answer are missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Before {
    /// Nothing is missing up to this reading.
    Complete(Option<Complete>),
    /// Readings may be missing, and the agent may have kept them. The answer itself is this reading.
    Open(Complete),
}

/// Checks an answer that came at `at_ms`; nothing is missing up to `complete`.
pub fn before(
    complete: Option<&Complete>,
    agent: Option<&Agent>,
    at_ms: i64,
    interval_ms: i64,
) -> Before {
    let Some(agent) = agent.filter(|agent| agent.kept.is_some()) else {
        // An agent that keeps no readings has nothing to fill in.
        return Before::Complete(None);
    };
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of an interval")]
    let far_ms = interval_ms as f64 * FAR_IN_INTERVALS;
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of an outage")]
    let is_far = complete.is_some_and(|complete| (at_ms - complete.at_ms) as f64 > far_ms);
    let newest = Complete {
        run: agent.run.clone(),
        sequence: i64::try_from(agent.sequence).unwrap_or(i64::MAX),
        at_ms,
    };
    match is_far {
        true => Before::Open(newest),
        false => Before::Complete(Some(newest)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agent(kept: Option<u32>) -> Agent {
        Agent {
            run: "run".into(),
            sequence: 9,
            kept,
            ..Agent::default()
        }
    }

    fn complete(at_ms: i64) -> Complete {
        Complete {
            run: "run".into(),
            sequence: 9,
            at_ms,
        }
    }

    #[test]
    fn distant_readings_leave_a_gap_to_fill_if_the_agent_kept_readings() {
        let judge = |last_ms, kept| {
            before(
                Some(&complete(last_ms)),
                Some(&agent(kept)),
                100_000,
                30_000,
            )
        };
        let whole = Before::Complete(Some(complete(100_000)));
        assert_eq!(judge(70_000, Some(5)), whole);
        assert_eq!(judge(55_000, Some(5)), whole);
        assert_eq!(judge(40_000, Some(5)), Before::Open(complete(100_000)));
        assert_eq!(judge(40_000, None), Before::Complete(None));
    }

    #[test]
    fn nothing_is_backfilled_before_the_first_answer() {
        let first = before(None, Some(&agent(Some(5))), 100_000, 30_000);
        assert_eq!(first, Before::Complete(Some(complete(100_000))));
        assert_eq!(before(None, None, 1, 1), Before::Complete(None));
    }
}
