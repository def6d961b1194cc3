//! What the measurements share: samples that are made up, and what this process used, as Linux counts it.

use super::Result;
use muster_store::{Complete, ComputerState, Facts, Sample, Status};
use std::time::{Duration, Instant};

/// A sample with ten further readings.
pub fn sample(computer_id: i64, timestamp_ms: i64) -> Sample {
    let noise = (timestamp_ms.wrapping_mul(2_654_435_761) ^ computer_id).rem_euclid(1000);
    Sample {
        computer_id,
        timestamp_ms,
        cpu_percent: Some(noise as f64 / 10.0),
        memory_total: Some(16_929_875_208),
        memory_used: Some(7_684_874_240 + noise * 4096),
        memory_percent: Some(45.4),
        disk_total: Some(512_000_000_000),
        disk_used: Some(291_792_822_272),
        disk_percent: Some(57.0),
        network_bytes_sent: Some(566_094_270_039 + timestamp_ms),
        network_bytes_recv: Some(566_095_190_603 + timestamp_ms),
        network_sent_per_sec: Some(1_000.0 + noise as f64 / 30.0),
        network_recv_per_sec: Some(1_000.0 + noise as f64 / 30.0),
        extra: Some(format!(
            r#"{{"uptime_s":{timestamp_ms},"load.1m":0.{noise},"load.5m":0.31,"load.15m":0.2,"swap.total_bytes":0,"swap.used_bytes":0,"cpu.count":2,"cpu.core.percent:0":{noise}.5,"cpu.core.percent:1":12.5,"disk.used_bytes:/data":{noise}}}"#
        )),
    }
}

/// What is kept of a computer of usual kind.
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

/// What was used: a moment's counters, or sums of their differences.
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

/// A line of what Linux says of this process.
pub fn status(key: &str) -> Result<String> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(key));
    Ok(line.ok_or("no such line")?.trim().to_owned())
}

/// Nanoseconds on the processor of all threads.
fn cpu_time() -> Result<Duration> {
    let mut nanoseconds = 0;
    for task in std::fs::read_dir("/proc/self/task")? {
        // A thread may end meanwhile.
        let schedstat = std::fs::read_to_string(task?.path().join("schedstat")).unwrap_or_default();
        let first = schedstat.split(' ').next().unwrap_or_default();
        nanoseconds += first.parse::<u64>().unwrap_or_default();
    }
    Ok(Duration::from_nanos(nanoseconds))
}
