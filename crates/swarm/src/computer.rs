//! One simulated computer: readings that wander as real ones do, each a function of its number and the time.

use crate::kept::Kept;
use muster_wire::{Agent, Boot, CpuTimes, Disk, Memory, Network, Process, Series, SystemInfo};
use std::time::{SystemTime, UNIX_EPOCH};

const GIB: f64 = 1024.0 * 1024.0 * 1024.0;
/// When all of them started, in Unix seconds; all but one.
const BOOT_TIME_S: f64 = 1_790_000_000.0;
/// It was started anew in the last night, for whoever looks for such a one.
const REBOOTED: u32 = 4_321;
/// Its disk stands still at this share, so that a test can write a past in which it filled.
const FILLED: (u32, f64) = (11, 0.7);
const NIGHT_S: f64 = 25_000.0;

/// A simulated computer.
pub struct Computer {
    number: u32,
    series: u32,
    boot_time_s: f64,
    kept: Option<Kept>,
    clock_ahead_ms: i64,
}

/// Now, in Unix milliseconds.
#[must_use]
pub fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    u64::try_from(since.unwrap_or_default().as_millis()).unwrap_or(u64::MAX)
}

impl Computer {
    /// The one of that number, with so many further readings, which keeps readings or does not.
    #[must_use]
    pub fn new(number: u32, series: u32, kept: Option<Kept>) -> Self {
        Self {
            number,
            series,
            boot_time_s: if number == REBOOTED {
                (seconds(now_ms()) - NIGHT_S).round()
            } else {
                BOOT_TIME_S
            },
            kept,
            clock_ahead_ms: 0,
        }
    }

    /// The same with a clock that is so far ahead, or behind where that is negative; 0 is a clock that nobody tells.
    #[must_use]
    pub fn with_clock_ahead(self, clock_ahead_ms: i64) -> Self {
        Self {
            clock_ahead_ms,
            ..self
        }
    }

    /// A reading of that moment, in Unix milliseconds: the same whenever it is asked for.
    #[must_use]
    pub fn read(&self, at_ms: u64, with_processes: bool) -> SystemInfo {
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

    /// Between 0 and 1, slowly, with a beat of this computer's own.
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

    /// The number of a reading is its moment: so nothing has to be remembered of those that were given away.
    fn agent(&self, at_ms: u64) -> Agent {
        Agent {
            version: env!("CARGO_PKG_VERSION").into(),
            run: self.run(),
            sequence: at_ms,
            monotonic_ms: at_ms,
            time_ms: self.time_ms(at_ms),
            kept: self.kept.map(|kept| kept.count(at_ms)),
            ..Agent::default()
        }
    }

    /// What its clock says, where that is told.
    fn time_ms(&self, at_ms: u64) -> Option<i64> {
        let is_told = self.kept.is_some() || self.clock_ahead_ms != 0;
        let at_ms = i64::try_from(at_ms).ok().filter(|_| is_told);
        at_ms.map(|at_ms| at_ms.saturating_add(self.clock_ahead_ms))
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "clocks are off by hours, not by ages"
    )]
    fn clock_ahead_s(&self) -> f64 {
        self.clock_ahead_ms as f64 / 1000.0
    }

    /// The id of its one run.
    #[must_use]
    pub fn run(&self) -> String {
        format!("run-{}", self.number)
    }

    /// What it keeps, if anything.
    #[must_use]
    pub fn kept(&self) -> Option<Kept> {
        self.kept
    }

    fn series(&self, since_boot_s: f64, load: f64) -> Series {
        let mut series = Series::default();
        // As /proc has it: the moment of a reading that was kept is told by this.
        series.push("uptime.seconds", (since_boot_s * 100.0).round() / 100.0);
        series.push("load.1m", rounded(load * 8.0));
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
    reason = "milliseconds of any calendar fit into a float"
)]
fn seconds(ms: u64) -> f64 {
    ms as f64 / 1000.0
}

fn cpu_times(since_boot_s: f64, load: f64) -> CpuTimes {
    // The times must never run backwards: what is busy grows with the mean load, and the rest is idle.
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
