//! The condition of a computer, decided only here.
//!
//! The page, the API, the command line and `/metrics` show what this module decides. It is a pure function of what
//! is known of a computer.

use super::disk_full::DiskFull;
use super::latest::Latest;
use crate::ops::clock::{DAY_MS, HOUR_MS};
use muster_store::{Assessment, Condition, Filling, Measurement, Sample, Status, Trouble};

/// The limits. A computer at or above one of them needs attention.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// CPU use.
    pub cpu_percent: f64,
    /// Memory use.
    pub memory_percent: f64,
    /// Use of the main disk.
    pub disk_percent: f64,
    /// A disk that will be full this soon needs attention.
    pub full_soon_ms: i64,
    /// A disk that will be full this soon is shown as filling.
    pub filling_ms: i64,
}

/// The table of limits.
pub const LIMITS: Limits = Limits {
    cpu_percent: 95.0,
    memory_percent: 95.0,
    disk_percent: 90.0,
    full_soon_ms: 3 * DAY_MS,
    filling_ms: 14 * DAY_MS,
};

/// The condition of a computer and every value beyond its limit.
pub fn assess(latest: &Latest) -> Assessment {
    let is_answering = latest.polled && latest.state.status == Status::Online;
    if !is_answering {
        return Assessment {
            condition: unanswered(latest),
            ..Assessment::default()
        };
    }
    let sample = latest.sample.as_ref();
    let full = latest.disk_full.as_ref().zip(latest.state.last_seen_ms);
    let full = full.map(|(full, now_ms)| (full, full.at_ms.saturating_sub(now_ms).max(0)));
    let troubles: Vec<Trouble> = sample
        .map(|sample| beyond_limits(latest, sample))
        .into_iter()
        .flatten()
        .chain(full.and_then(|(full, in_ms)| full_soon(full, in_ms)))
        .collect();
    Assessment {
        condition: match (&troubles[..], &latest.late) {
            ([_, ..], _) => Condition::NeedsAttention,
            ([], Some(_)) => Condition::Late,
            ([], None) => Condition::Healthy,
        },
        troubles,
        filling: full
            .filter(|&(_, in_ms)| in_ms <= LIMITS.filling_ms)
            .map(|(full, _)| Filling {
                instance: full.disk.clone(),
                at_ms: full.at_ms,
            }),
    }
}

fn unanswered(latest: &Latest) -> Condition {
    if !latest.polled {
        Condition::NotPolled
    } else if latest.state.last_seen_ms.is_none() && latest.state.reason.is_none() {
        Condition::Waiting
    } else {
        Condition::Down
    }
}

fn beyond_limits<'a>(
    latest: &'a Latest,
    sample: &Sample,
) -> impl Iterator<Item = Trouble> + use<'a> {
    use Measurement::{Cpu, Disk, Memory};
    let measured = [
        (Cpu, sample.cpu_percent, LIMITS.cpu_percent),
        (Memory, sample.memory_percent, LIMITS.memory_percent),
        (Disk, sample.disk_percent, LIMITS.disk_percent),
    ];
    measured
        .into_iter()
        .filter_map(|(measurement, value, limit)| {
            Some(Trouble {
                measurement,
                value: value.filter(|&value| value >= limit)?,
                limit,
                instance: (measurement == Disk).then(|| main_disk(latest).to_owned()),
            })
        })
}

/// The disk of the columns `disk_percent` and `disk_used`: the system disk.
fn main_disk(latest: &Latest) -> &'static str {
    match latest.state.facts.system.as_deref() {
        Some("Windows") => r"C:\",
        _ => "/",
    }
}

fn full_soon(full: &DiskFull, in_ms: i64) -> Option<Trouble> {
    (in_ms <= LIMITS.full_soon_ms).then(|| Trouble {
        measurement: Measurement::DiskFilling,
        value: hours(in_ms),
        limit: hours(LIMITS.full_soon_ms),
        instance: Some(full.disk.clone()),
    })
}

#[expect(clippy::cast_precision_loss, reason = "two weeks fit into a float")]
fn hours(ms: i64) -> f64 {
    ms as f64 / HOUR_MS as f64
}

#[cfg(test)]
mod tests {
    use super::super::latest::Late;
    use super::*;
    use muster_store::Reason;

    const NOW_MS: i64 = 1_000 * DAY_MS;

    fn online(sample: Sample) -> Latest {
        let mut latest = Latest {
            polled: true,
            sample: Some(sample),
            ..Latest::default()
        };
        latest.state.status = Status::Online;
        latest.state.last_seen_ms = Some(NOW_MS);
        latest
    }

    fn using(cpu: f64, memory: f64, disk: f64) -> Latest {
        online(Sample {
            cpu_percent: Some(cpu),
            memory_percent: Some(memory),
            disk_percent: Some(disk),
            ..Sample::default()
        })
    }

    fn filling(in_ms: i64) -> Latest {
        let mut latest = using(1.0, 1.0, 1.0);
        latest.disk_full = Some(DiskFull {
            at_ms: NOW_MS + in_ms,
            disk: "/data".into(),
        });
        latest
    }

    fn measurements(latest: &Latest) -> Vec<Measurement> {
        let troubles = assess(latest).troubles;
        troubles.iter().map(|trouble| trouble.measurement).collect()
    }

    #[test]
    fn a_value_at_its_limit_needs_attention_and_one_below_does_not() {
        assert_eq!(
            assess(&using(94.9, 94.9, 89.9)).condition,
            Condition::Healthy
        );
        let all = using(95.0, 95.0, 90.0);
        assert_eq!(assess(&all).condition, Condition::NeedsAttention);
        use Measurement::{Cpu, Disk, Memory};
        assert_eq!(measurements(&all), [Cpu, Memory, Disk]);
        let disk = &assess(&using(0.0, 0.0, 97.5)).troubles[0];
        assert_eq!((disk.value, disk.limit), (97.5, 90.0));
        assert_eq!(disk.instance.as_deref(), Some("/"));
        assert_eq!(
            assess(&online(Sample::default())).condition,
            Condition::Healthy
        );
    }

    #[test]
    fn a_disk_that_fills_is_noted_within_two_weeks_and_needs_attention_within_three_days() {
        for (days, condition, is_filling) in [
            (2, Condition::NeedsAttention, true),
            (3, Condition::NeedsAttention, true),
            (13, Condition::Healthy, true),
            (15, Condition::Healthy, false),
        ] {
            let found = assess(&filling(days * DAY_MS));
            assert_eq!(found.condition, condition, "{days} days");
            assert_eq!(found.filling.is_some(), is_filling, "{days} days");
        }
        let past = assess(&filling(-DAY_MS));
        assert_eq!(past.troubles[0].value, 0.0);
        assert_eq!(past.troubles[0].instance.as_deref(), Some("/data"));
    }

    #[test]
    fn needs_attention_is_worse_than_late_and_down_is_worse_than_both() {
        let late = Late {
            since_ms: NOW_MS,
            reason: Reason::ConnectionRefused,
        };
        let mut healthy = using(1.0, 1.0, 1.0);
        healthy.late = Some(late.clone());
        assert_eq!(assess(&healthy).condition, Condition::Late);
        let mut busy = using(99.0, 1.0, 1.0);
        busy.late = Some(late);
        assert_eq!(assess(&busy).condition, Condition::NeedsAttention);
        busy.state.status = Status::Offline;
        busy.state.reason = Some(Reason::NoRoute);
        assert_eq!(assess(&busy).condition, Condition::Down);
        assert_eq!(measurements(&busy), [], "its last values are old");
        assert!(Condition::Down < Condition::NeedsAttention);
        assert!(Condition::NeedsAttention < Condition::Late);
    }

    #[test]
    fn a_new_computer_is_waiting_and_an_unpolled_one_is_not_polled() {
        let mut added = Latest {
            polled: true,
            ..Latest::default()
        };
        assert_eq!(assess(&added).condition, Condition::Waiting);
        added.state.reason = Some(Reason::ConnectionRefused);
        assert_eq!(assess(&added).condition, Condition::Down);
        added.polled = false;
        assert_eq!(assess(&added).condition, Condition::NotPolled);
    }
}
