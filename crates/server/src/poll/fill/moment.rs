//! Dates a reading that an agent kept, by this server's clock.
//!
//! Within one boot of the computer its uptime gives the age of a reading: it does not depend on the computer's clock
//! and continues during sleep. Without uptime, the agent's monotonic clock does the same within one run of the agent.
//! Across a reboot only the computer's clock is left; its error is assumed to be the same then as now.

use muster_wire::SystemInfo;
use muster_wire::catalogue::UPTIME;

/// When `reading` was taken, in Unix milliseconds. `now` is an answer of the same agent that arrived at `arrived_ms`.
/// `None` if the time is unknown or would be in the future.
pub fn moment_ms(reading: &SystemInfo, now: &SystemInfo, arrived_ms: i64) -> Option<i64> {
    let age_ms = by_uptime(reading, now)
        .or_else(|| by_run(reading, now))
        .or_else(|| by_clock(reading, now))?;
    (age_ms >= 0).then(|| arrived_ms.checked_sub(age_ms))?
}

fn by_uptime(reading: &SystemInfo, now: &SystemInfo) -> Option<i64> {
    let same_boot = reading.boot.as_ref()?.id == now.boot.as_ref()?.id;
    let uptime_s = |info: &SystemInfo| Some(info.series.get(UPTIME)?.as_f64());
    let age_s = uptime_s(now)? - uptime_s(reading)?;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a cast of floats saturates"
    )]
    same_boot.then_some((age_s * 1000.0).round() as i64)
}

fn by_run(reading: &SystemInfo, now: &SystemInfo) -> Option<i64> {
    let (then, now) = (reading.agent.as_ref()?, now.agent.as_ref()?);
    let age_ms = i64::try_from(now.monotonic_ms)
        .ok()?
        .checked_sub(i64::try_from(then.monotonic_ms).ok()?)?;
    (then.run == now.run).then_some(age_ms)
}

fn by_clock(reading: &SystemInfo, now: &SystemInfo) -> Option<i64> {
    let time_ms = |info: &SystemInfo| info.agent.as_ref()?.time_ms;
    time_ms(now)?.checked_sub(time_ms(reading)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_wire::{Agent, Boot};

    fn info(boot: &str, run: &str, uptime_s: Option<f64>, rest: (u64, i64)) -> SystemInfo {
        let mut info = SystemInfo {
            agent: Some(Agent {
                run: run.into(),
                monotonic_ms: rest.0,
                time_ms: Some(rest.1),
                ..Agent::default()
            }),
            boot: Some(Boot {
                id: boot.into(),
                time: 0.0,
            }),
            ..SystemInfo::default()
        };
        if let Some(uptime_s) = uptime_s {
            info.series.push(UPTIME, uptime_s);
        }
        info
    }

    const ARRIVED_MS: i64 = 1_000_000;

    #[test]
    fn a_clock_change_has_no_effect_within_one_boot() {
        let now = info("b", "r2", Some(500.0), (5_000, 9_999_999));
        let then = info("b", "r1", Some(440.0), (800, -5_000_000));
        assert_eq!(moment_ms(&then, &now, ARRIVED_MS), Some(940_000));
        let now = info("b", "r", None, (90_000, 9_999_999));
        let then = info("b", "r", None, (60_000, 0));
        assert_eq!(moment_ms(&then, &now, ARRIVED_MS), Some(970_000));
    }

    #[test]
    fn an_hours_clock_error_is_corrected_across_a_reboot() {
        let hour_ms = 3_600_000;
        let now = info("b2", "r2", Some(20.0), (9, ARRIVED_MS + hour_ms));
        let then = info("b1", "r1", Some(900.0), (5, ARRIVED_MS + hour_ms - 70_000));
        assert_eq!(moment_ms(&then, &now, ARRIVED_MS), Some(930_000));
    }

    #[test]
    fn readings_from_the_future_have_no_time() {
        let now = info("b", "r", Some(500.0), (5, 0));
        let then = info("b", "r", Some(501.0), (6, 0));
        assert_eq!(moment_ms(&then, &now, ARRIVED_MS), None);
        let then = info("b", "r", Some(f64::MAX), (6, 0));
        assert_eq!(moment_ms(&then, &now, ARRIVED_MS), None);
        assert_eq!(moment_ms(&SystemInfo::default(), &now, ARRIVED_MS), None);
    }
}
