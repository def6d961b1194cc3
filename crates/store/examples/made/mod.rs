//! Synthetic samples, and the resource usage of this process on Linux.

use super::Result;
use muster_store::{Complete, ComputerState, Facts, Sample, Status};
use std::time::{Duration, Instant};

/// The further series of a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The two series of a computer of `muster-swarm serve`: a row of about 200 bytes.
    Swarm,
    /// Ten series: a row of about 350 bytes.
    Long,
}

const GIB: f64 = 1024.0 * 1024.0 * 1024.0;
/// When all computers booted.
const BOOT_MS: i64 = 1_763_000_000_000;

/// A sample like those of `muster-swarm serve`, or a longer one.
pub fn sample(computer_id: i64, timestamp_ms: i64, kind: Kind) -> Sample {
    let since_boot_s = (timestamp_ms - BOOT_MS) as f64 / 1000.0;
    let wander = |shift| wander(computer_id, since_boot_s, shift);
    let load = wander(0.0);
    let (memory, disk) = (wander(11.0), wander(5.0) * 0.05 + 0.3);
    let bytes = |share: f64, gib: f64| Some((share * gib * GIB) as i64);
    let rate = 20_000.0 + (computer_id % 1_000) as f64 * 100.0;
    let counted = |times: f64, at_ms: i64| (rate * times * (at_ms - BOOT_MS) as f64 / 1e3) as i64;
    let per_s = |times| {
        let before_ms = timestamp_ms - 30_000;
        let before = counted(times, before_ms);
        muster_history::rate(
            before_ms,
            before,
            timestamp_ms,
            counted(times, timestamp_ms),
        )
    };
    Sample {
        computer_id,
        timestamp_ms,
        cpu_percent: Some(rounded(load * 100.0)),
        memory_total: bytes(1.0, 16.0),
        memory_used: bytes(memory, 16.0),
        memory_percent: Some(rounded(memory * 100.0)),
        disk_total: bytes(1.0, 100.0),
        disk_used: bytes(disk, 100.0),
        disk_percent: Some(rounded(disk * 100.0)),
        network_bytes_sent: Some(counted(1.0, timestamp_ms)),
        network_bytes_recv: Some(counted(3.0, timestamp_ms)),
        network_sent_per_sec: per_s(1.0),
        network_recv_per_sec: per_s(3.0),
        extra: Some(extra(since_boot_s, load, kind)),
    }
}

fn extra(since_boot_s: f64, load: f64, kind: Kind) -> String {
    let (uptime_s, load) = ((since_boot_s * 100.0).round() / 100.0, rounded(load * 8.0));
    let more = match kind {
        Kind::Swarm => String::new(),
        Kind::Long => format!(
            r#","load.5m":0.31,"load.15m":0.2,"swap.total_bytes":0,"swap.used_bytes":0,"cpu.count":2,"cpu.core.percent:0":{load:?},"cpu.core.percent:1":12.5,"disk.used_bytes:/data":{}"#,
            since_boot_s as i64
        ),
    };
    format!(r#"{{"uptime.seconds":{uptime_s:?},"load.1m":{load:?}{more}}}"#)
}

/// A slow wave between 0 and 1, different for each computer.
fn wander(computer_id: i64, since_boot_s: f64, shift: f64) -> f64 {
    let beat = (computer_id % 97) as f64 + shift;
    let slow = (since_boot_s / (1_800.0 + beat * 10.0) + beat).sin();
    let fast = (since_boot_s / 37.0 + beat * 3.0).sin();
    (0.35 + 0.25 * slow + 0.1 * fast).clamp(0.0, 1.0)
}

fn rounded(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// The state of a typical computer.
pub fn state(id: i64, last_seen_ms: i64) -> ComputerState {
    ComputerState {
        id,
        status: Status::Online,
        since_ms: Some(1_763_575_200_000),
        last_seen_ms: Some(last_seen_ms),
        facts: Facts {
            hostname: Some(format!("host-{id:05}")),
            system: Some("Linux".to_owned()),
            os: Some("Debian GNU/Linux 13 (trixie)".to_owned()),
            kernel: Some("6.12.43+deb13-amd64".to_owned()),
            agent_version: Some("0.1.0".to_owned()),
            boot_time_s: Some(1_763_000_000.5),
            boot_id: Some("6f1c3c1e-5a0e-4e5a-9a43-3d1f0e6f7a11".to_owned()),
            agent_run: Some("1b1e8a0e2c6f4d1f9a433d1f0e6f7a11".to_owned()),
        },
        complete: Some(Complete {
            run: "1b1e8a0e2c6f4d1f9a433d1f0e6f7a11".to_owned(),
            sequence: last_seen_ms / 30_000,
            at_ms: last_seen_ms,
        }),
        ..ComputerState::default()
    }
}

/// Counters at a moment, or sums of their differences.
#[derive(Clone, Copy, Debug)]
pub struct Usage {
    pub cpu: Duration,
    pub written: u64,
    pub wall: Duration,
    pub slowest: Duration,
    began: Instant,
}

impl Default for Usage {
    fn default() -> Self {
        Self {
            cpu: Duration::ZERO,
            written: 0,
            wall: Duration::ZERO,
            slowest: Duration::ZERO,
            began: Instant::now(),
        }
    }
}

impl Usage {
    pub fn now() -> Result<Self> {
        Ok(Self {
            cpu: cpu_time()?,
            written: written()?,
            ..Self::default()
        })
    }

    /// The difference to an earlier moment.
    pub fn since(self, before: Self) -> Self {
        Self {
            cpu: self.cpu.saturating_sub(before.cpu),
            written: self.written - before.written,
            wall: self.wall.saturating_sub(before.wall),
            ..self
        }
    }

    pub fn add_since(&mut self, before: Self) -> Result<()> {
        let now = Self::now()?;
        let took = now.began - before.began;
        self.cpu += now.cpu.saturating_sub(before.cpu);
        self.written += now.written - before.written;
        self.wall += took;
        self.slowest = self.slowest.max(took);
        Ok(())
    }
}

fn written() -> Result<u64> {
    let io = std::fs::read_to_string("/proc/self/io")?;
    let line = io
        .lines()
        .find_map(|line| line.strip_prefix("write_bytes: "));
    Ok(line.ok_or("no write_bytes")?.parse()?)
}

/// A line of `/proc/self/status`.
pub fn status(key: &str) -> Result<String> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(key));
    Ok(line.ok_or("no such line")?.trim().to_owned())
}

/// CPU time of all threads.
fn cpu_time() -> Result<Duration> {
    let mut nanoseconds = 0;
    for task in std::fs::read_dir("/proc/self/task")? {
        // A thread may have ended.
        let schedstat = std::fs::read_to_string(task?.path().join("schedstat")).unwrap_or_default();
        let first = schedstat.split(' ').next().unwrap_or_default();
        nanoseconds += first.parse::<u64>().unwrap_or_default();
    }
    Ok(Duration::from_nanos(nanoseconds))
}
