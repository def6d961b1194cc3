//! One simulated computer. Its values wander like real ones; each is a function of the computer's number and the
//! time.

use crate::readings::ReadingSchedule;
use muster_wire::catalogue;
use muster_wire::{
    Agent, Boot, CpuTimes, Cursor, Disk, History, Memory, Network, Process, Series, SystemInfo,
};
use std::time::{SystemTime, UNIX_EPOCH};

const GIB: f64 = 1024.0 * 1024.0 * 1024.0;
/// Boot time of all computers but one, in Unix seconds.
const BOOT_TIME_S: f64 = 1_790_000_000.0;
/// This computer rebooted last night, so that tests of the dashboard find one.
const REBOOTED: u32 = 4_321;
/// The disk use of this computer is constant, so that a test can write a history in which the disk filled up to it.
const FILLED: (u32, f64) = (11, 0.7);
const NIGHT_S: f64 = 25_000.0;

/// A simulated computer.
pub struct Computer {
    number: u32,
    series: u32,
    boot_time_s: f64,
    schedule: Option<ReadingSchedule>,
    clock_ahead_ms: i64,
}

/// Now, in Unix milliseconds.
#[must_use]
pub fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    u64::try_from(since.unwrap_or_default().as_millis()).unwrap_or(u64::MAX)
}

impl Computer {
    /// The computer with this number. It sends `series` further series, and keeps readings if it has a schedule.
    #[must_use]
    pub fn new(number: u32, series: u32, schedule: Option<ReadingSchedule>) -> Self {
        Self {
            number,
            series,
            boot_time_s: if number == REBOOTED {
                (seconds(now_ms()) - NIGHT_S).round()
            } else {
                BOOT_TIME_S
            },
            schedule,
            clock_ahead_ms: 0,
        }
    }

    /// The same computer with a clock that is this far ahead, or behind if negative. 0 leaves the clock out of answers.
    #[must_use]
    pub fn with_clock_ahead(self, clock_ahead_ms: i64) -> Self {
        Self {
            clock_ahead_ms,
            ..self
        }
    }

    /// The reading at `at_ms` (Unix milliseconds); it does not depend on when this is called.
    #[must_use]
    pub fn reading_at(&self, at_ms: u64, with_processes: bool) -> SystemInfo {
        let since_boot_s = (seconds(at_ms) - self.boot_time_s).max(1.0);
        let load = self.wander(since_boot_s, 0.0);
        SystemInfo {
            memory: Some(self.memory(since_boot_s)),
            disk: Some(self.disk(since_boot_s)),
            network: Some(self.network(since_boot_s)),
            cpu_percent: Some(rounded(load * 100.0)),
            cpu_times: Some(cpu_times(since_boot_s, load)),
            top_processes: with_processes.then(|| processes(load)),
            hostname: Some(format!("swarm-{:06}", self.number)),
            system: Some("Linux".into()),
            os: Some("Swarm".into()),
            kernel: None,
            network_usage: None,
            agent: Some(self.agent(at_ms)),
            boot: Some(Boot {
                id: format!("boot-{}", self.number),
                time: self.boot_time_s + self.clock_ahead_s(),
            }),
            series: self.series(since_boot_s, load),
            history: None,
        }
    }

    /// A slowly changing value between 0 and 1 whose period depends on the computer.
    fn wander(&self, since_boot_s: f64, shift: f64) -> f64 {
        let beat = f64::from(self.number % 97) + shift;
        let slow = (since_boot_s / (1_800.0 + beat * 10.0) + beat).sin();
        let fast = (since_boot_s / 37.0 + beat * 3.0).sin();
        (0.35 + 0.25 * slow + 0.1 * fast).clamp(0.0, 1.0)
    }

    fn memory(&self, since_boot_s: f64) -> Memory {
        let total = 16.0 * GIB;
        let used = total * self.wander(since_boot_s, 11.0);
        Memory {
            total: bytes(total),
            available: bytes(total) - bytes(used),
            percent: rounded(used / total * 100.0),
            used: bytes(used),
            ..Memory::default()
        }
    }

    fn disk(&self, since_boot_s: f64) -> Disk {
        let total = 100.0 * GIB;
        let base = f64::from(self.number % 89) / 100.0;
        let share = match FILLED {
            (number, share) if number == self.number => share,
            _ => base + 0.05 * self.wander(since_boot_s / 100.0, 5.0),
        };
        let used = total * share;
        Disk {
            total: bytes(total),
            used: bytes(used),
            free: bytes(total) - bytes(used),
            percent: Some(rounded(used / total * 100.0)),
        }
    }

    fn network(&self, since_boot_s: f64) -> Network {
        let rate = 20_000.0 + f64::from(self.number % 1_000) * 100.0;
        Network {
            bytes_sent: bytes(rate * since_boot_s),
            bytes_recv: bytes(rate * 3.0 * since_boot_s),
            ..Network::default()
        }
    }

    /// The sequence number of a reading is its time, so the computer need not remember what it has sent.
    fn agent(&self, at_ms: u64) -> Agent {
        Agent {
            version: env!("CARGO_PKG_VERSION").into(),
            run: self.run(),
            sequence: at_ms,
            monotonic_ms: at_ms,
            time_ms: self.time_ms(at_ms),
            kept: self.schedule.map(|schedule| schedule.count_kept(at_ms)),
            ..Agent::default()
        }
    }

    /// The computer's own clock, if answers contain it.
    fn time_ms(&self, at_ms: u64) -> Option<i64> {
        let is_sent = self.schedule.is_some() || self.clock_ahead_ms != 0;
        let at_ms = i64::try_from(at_ms).ok().filter(|_| is_sent);
        at_ms.map(|at_ms| at_ms.saturating_add(self.clock_ahead_ms))
    }

    #[expect(clippy::cast_precision_loss, reason = "clocks are off by hours")]
    fn clock_ahead_s(&self) -> f64 {
        self.clock_ahead_ms as f64 / 1000.0
    }

    /// The id of the agent's only run.
    fn run(&self) -> String {
        format!("run-{}", self.number)
    }

    /// The kept readings after a cursor, or all kept readings; `None` if the computer keeps none.
    #[must_use]
    pub fn kept_readings(
        &self,
        cursor: Option<&Cursor>,
        now_ms: u64,
    ) -> Option<History<SystemInfo>> {
        let run = self.run();
        let cursor = cursor.filter(|cursor| cursor.run == run);
        let after_ms = cursor.map_or(0, |cursor| cursor.sequence);
        let page = self.schedule?.page_after(after_ms, now_ms);
        let times_ms = page.times_ms.iter();
        let next = times_ms
            .clone()
            .last()
            .map(|&sequence| Cursor { run, sequence });
        Some(History {
            readings: times_ms
                .map(|&at_ms| self.reading_at(at_ms, false))
                .collect(),
            next: next.map(|next| next.to_string()),
            more: page.more,
        })
    }

    fn series(&self, since_boot_s: f64, load: f64) -> Series {
        let mut series = Series::default();
        // In hundredths, as in /proc. The server dates a kept reading by it.
        series.push(catalogue::UPTIME, (since_boot_s * 100.0).round() / 100.0);
        series.push(catalogue::LOADS[0], rounded(load * 8.0));
        for n in 0..self.series {
            series.push(
                format!("swarm.reading:{n}"),
                rounded(self.wander(since_boot_s, f64::from(n)) * 1e4),
            );
        }
        series
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "Unix milliseconds fit into a float"
)]
fn seconds(ms: u64) -> f64 {
    ms as f64 / 1000.0
}

fn cpu_times(since_boot_s: f64, load: f64) -> CpuTimes {
    // CPU times must never decrease, so the busy time grows with the mean load.
    let busy = since_boot_s * 4.0 * 0.35 + load;
    CpuTimes {
        count: 4,
        user: busy,
        idle: (since_boot_s * 4.0 - busy).max(0.0),
        ..CpuTimes::default()
    }
}

fn processes(load: f64) -> Vec<Process> {
    let process = |n: u32| Process {
        pid: 1_000 + n,
        name: format!("worker-{n}"),
        cpu_percent: rounded(load * 100.0 / f64::from(n + 1)),
        memory_percent: rounded(5.0 / f64::from(n + 1)),
        create_time: BOOT_TIME_S + f64::from(n),
    };
    (0..20).map(process).collect()
}

fn rounded(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "simulated sizes are positive and far below 2^63"
)]
fn bytes(value: f64) -> u64 {
    value as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(cursor: Option<&str>, now_ms: u64) -> (Vec<u64>, bool) {
        let schedule = ReadingSchedule {
            interval_ms: 1_000,
            since_ms: 5_500,
        };
        let cursor: Option<Cursor> = cursor.and_then(|cursor| cursor.parse().ok());
        let computer = Computer::new(7, 0, Some(schedule));
        let history = computer.kept_readings(cursor.as_ref(), now_ms).unwrap();
        let sequence = |reading: &SystemInfo| reading.agent.as_ref().map(|agent| agent.sequence);
        let sequences = history.readings.iter().filter_map(sequence);
        (sequences.collect(), history.more)
    }

    #[test]
    fn a_server_gets_the_readings_after_its_cursor() {
        assert_eq!(read(None, 8_999), (vec![6_000, 7_000, 8_000], false));
        assert_eq!(read(Some("run-7.6000"), 8_000), (vec![7_000, 8_000], false));
        assert_eq!(read(Some("run-7.7500"), 8_999), (vec![8_000], false));
        assert_eq!(read(Some("run-8.7500"), 7_999), (vec![6_000, 7_000], false));
        assert_eq!(read(Some("run-7.9000"), 9_000), (vec![], false));
        let (page, more) = read(Some("run-7.6000"), 100_000);
        assert_eq!((page.len(), page[39], more), (40, 46_000, true));
    }
}
