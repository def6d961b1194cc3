//! Whether there is a gap between an answer and the one before.

use muster_store::Complete;
use muster_wire::Agent;

/// Two readings that are more intervals apart than this have a gap between them.
const FAR_IN_INTERVALS: f64 = 1.6;

/// Whether readings before an answer are missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GapCheck {
    /// Nothing is missing up to this reading.
    Complete(Option<Complete>),
    /// Readings may be missing, and the agent may have kept them. The answer itself is this reading.
    Missing(Complete),
}

/// Checks an answer that came at `at_ms`; nothing is missing up to `complete`.
pub fn check_for_gap(
    complete: Option<&Complete>,
    agent: Option<&Agent>,
    at_ms: i64,
    interval_ms: i64,
) -> GapCheck {
    let Some(agent) = agent.filter(|agent| agent.kept.is_some()) else {
        // An agent that keeps no readings has nothing to fill in.
        return GapCheck::Complete(None);
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
        true => GapCheck::Missing(newest),
        false => GapCheck::Complete(Some(newest)),
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
            check_for_gap(
                Some(&complete(last_ms)),
                Some(&agent(kept)),
                100_000,
                30_000,
            )
        };
        let whole = GapCheck::Complete(Some(complete(100_000)));
        assert_eq!(judge(70_000, Some(5)), whole);
        assert_eq!(judge(55_000, Some(5)), whole);
        assert_eq!(judge(40_000, Some(5)), GapCheck::Missing(complete(100_000)));
        assert_eq!(judge(40_000, None), GapCheck::Complete(None));
    }

    #[test]
    fn nothing_is_backfilled_before_the_first_answer() {
        let first = check_for_gap(None, Some(&agent(Some(5))), 100_000, 30_000);
        assert_eq!(first, GapCheck::Complete(Some(complete(100_000))));
        assert_eq!(check_for_gap(None, None, 1, 1), GapCheck::Complete(None));
    }
}
