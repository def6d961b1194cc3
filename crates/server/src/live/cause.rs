//! Why a computer had been away, from what its first answer after that shows.

use super::latest::Latest;
use crate::intake::ingest::Intake;
use muster_store::{Evidence, Facts, Reason, Sample, Status};
use muster_wire::Agent;

/// Memory use is part of the evidence from this value on.
const FULL_PERCENT: f64 = 90.0;
/// A process is part of the evidence from this CPU use on, in per cent of one core.
const BUSY_PERCENT: f64 = 50.0;

/// What was last known of a computer before it was away.
#[derive(Clone, Copy, Debug)]
pub struct Last<'a> {
    /// Boot id and agent run at that time.
    pub facts: &'a Facts,
    /// Its numbers.
    pub sample: Option<&'a Sample>,
    /// Name of the busiest process and its CPU use in per cent of one core.
    pub busiest: Option<(&'a str, f64)>,
}

/// Why a computer had been away; `None` if it was not away or if nothing shows the cause.
pub fn find_cause(before: &Latest, intake: &Intake) -> Option<Reason> {
    before.state.last_seen_ms?;
    if before.is_another(intake) {
        return None;
    }
    let last = Last {
        facts: &before.state.facts,
        sample: before.sample.as_ref(),
        busiest: before.processes.first(),
    };
    let (then, now) = (last.facts, &intake.facts);
    let reason = match before.state.status {
        Status::Offline => before.state.reason.as_ref(),
        Status::Online => before.late.as_ref().map(|late| &late.reason),
    };
    restart(last, now, intake.agent.as_ref()).or_else(|| {
        // The same run of the agent answers, so the agent was running all the time.
        let ran_on = then.agent_run.is_some() && then.agent_run == now.agent_run;
        let reason = reason.filter(|reason| ran_on && reason.is_network_failure())?;
        Some(Reason::NetworkFailed {
            reason: Box::new(reason.clone()),
        })
    })
}

/// What restarted since the last sample: the computer or its agent.
pub fn restart(last: Last<'_>, now: &Facts, agent: Option<&Agent>) -> Option<Reason> {
    let then = last.facts;
    let ended = ended_cleanly(then.agent_run.as_deref(), agent);
    if differs(then.boot_id.as_ref(), now.boot_id.as_ref()) {
        let evidence = evidence(last);
        return Some(match ended {
            Some(true) => Reason::RebootedCleanly(evidence),
            Some(false) => Reason::RebootedUncleanly(evidence),
            None => Reason::Rebooted(evidence),
        });
    }
    differs(then.agent_run.as_ref(), now.agent_run.as_ref()).then(|| match ended {
        Some(true) => Reason::AgentStopped,
        Some(false) => Reason::AgentCrashed(evidence(last)),
        None => Reason::AgentRestarted,
    })
}

fn differs(then: Option<&String>, now: Option<&String>) -> bool {
    then.zip(now).is_some_and(|(then, now)| then != now)
}

/// How the last known run ended, if the present run knows it.
fn ended_cleanly(run: Option<&str>, agent: Option<&Agent>) -> Option<bool> {
    let previous = agent?.previous.as_ref()?;
    (Some(previous.run.as_str()) == run).then_some(previous.ended_cleanly)
}

fn evidence(last: Last<'_>) -> Evidence {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a percentage, rounded and clamped"
    )]
    let whole = |percent: f64| percent.round().clamp(0.0, 100.0) as u8;
    let memory = last.sample.and_then(|sample| sample.memory_percent);
    let busiest = last
        .busiest
        .filter(|&(_, cpu_percent)| cpu_percent >= BUSY_PERCENT);
    Evidence {
        memory_percent: memory.filter(|&percent| percent >= FULL_PERCENT).map(whole),
        busiest: busiest.map(|(name, _)| name.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::ingest::ingest;
    use muster_store::Process;
    use muster_wire::{Boot, PreviousRun, SystemInfo};

    fn seen() -> Latest {
        let mut latest = Latest::default();
        latest.state.last_seen_ms = Some(1);
        latest.state.status = Status::Offline;
        latest.state.reason = Some(Reason::AnswerTimeout { seconds: 10 });
        latest.state.facts = Facts {
            boot_id: Some("boot-1".into()),
            agent_run: Some("run-1".into()),
            ..Facts::default()
        };
        latest
    }

    fn answer(boot: &str, run: &str, previous: Option<(&str, bool)>) -> Intake {
        let previous = previous.map(|(run, ended_cleanly)| PreviousRun {
            run: run.into(),
            ended_cleanly,
        });
        let info = SystemInfo {
            agent: Some(Agent {
                run: run.into(),
                previous,
                ..Agent::default()
            }),
            boot: Some(Boot {
                id: boot.into(),
                time: 0.0,
            }),
            ..SystemInfo::default()
        };
        ingest(1, 2, info, None)
    }

    fn told(boot: &str, run: &str, previous: Option<(&str, bool)>) -> Option<Reason> {
        find_cause(&seen(), &answer(boot, run, previous))
    }

    #[test]
    fn a_refusal_is_not_a_network_failure() {
        let mut before = seen();
        before.state.reason = Some(Reason::WrongToken);
        assert_eq!(find_cause(&before, &answer("boot-1", "run-1", None)), None);
    }

    #[test]
    fn boot_and_run_ids_show_the_cause() {
        let expected = [
            ("boot-2", Some(("run-1", true)), "rebooted_cleanly"),
            ("boot-2", Some(("run-1", false)), "rebooted_uncleanly"),
            ("boot-2", None, "rebooted"),
            // The server never saw the run in between.
            ("boot-2", Some(("run-x", false)), "rebooted"),
            ("boot-1", Some(("run-1", true)), "agent_stopped"),
            ("boot-1", Some(("run-1", false)), "agent_crashed"),
            ("boot-1", None, "agent_restarted"),
        ];
        for (boot, previous, cause) in expected {
            assert_eq!(told(boot, "run-2", previous).unwrap().code(), cause);
        }
        let network = told("boot-1", "run-1", None).unwrap();
        assert_eq!(
            network,
            Reason::NetworkFailed {
                reason: Box::new(Reason::AnswerTimeout { seconds: 10 })
            }
        );
    }

    #[test]
    fn the_last_sample_is_evidence() {
        let mut before = seen();
        before.sample = Some(Sample {
            memory_percent: Some(97.2),
            ..Sample::default()
        });
        before.processes = [Process {
            pid: 1,
            name: "java".into(),
            cpu_percent: 180.0,
            memory_percent: 80.0,
            create_time_s: 0.0,
        }]
        .into_iter()
        .collect();
        let told = find_cause(&before, &answer("boot-2", "run-2", Some(("run-1", false))));
        assert_eq!(
            told,
            Some(Reason::RebootedUncleanly(Evidence {
                memory_percent: Some(97),
                busiest: Some("java".into()),
            }))
        );
    }

    #[test]
    fn computers_never_away_or_never_seen_have_no_cause() {
        let mut online = seen();
        online.state.status = Status::Online;
        online.state.reason = None;
        assert_eq!(find_cause(&online, &answer("boot-1", "run-1", None)), None);
        let fresh = Latest::default();
        assert_eq!(find_cause(&fresh, &answer("boot-2", "run-2", None)), None);
    }
}
