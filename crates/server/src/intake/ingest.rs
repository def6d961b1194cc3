//! Converts an agent's answer into a sample. Nothing else does.
//!
//! CPU usage and rates are computed from two of this server's own polls if the agent sends cumulative counters, so
//! other clients of the agent cannot distort them. Without previous counters, or if the agent sends none, the agent's
//! own values are used.

mod names;

pub use names::SeriesNames;

use muster_store::{Facts, Process, Sample};
use muster_wire::catalogue;
use muster_wire::{CpuTimes, Memory, Network, SystemInfo};

/// The counters of an answer, to compute usage and rates at the next one.
#[derive(Clone, Debug)]
pub struct CounterSnapshot {
    arrived_ms: i64,
    boot_id: Option<String>,
    cpu_times: Option<CpuTimes>,
    network: Option<Network>,
}

impl CounterSnapshot {
    /// How long ago the answer arrived.
    #[must_use]
    pub fn age_ms(&self, now_ms: i64) -> i64 {
        now_ms.saturating_sub(self.arrived_ms)
    }
}

/// The content of an answer.
#[derive(Clone, Debug)]
pub struct Intake {
    /// What is stored.
    pub sample: Sample,
    /// Values that are shown with the sample but not stored.
    pub glance: Glance,
    /// What the computer reports about itself.
    pub facts: Facts,
    /// The agent; `None` for agents from before Muster.
    pub agent: Option<muster_wire::Agent>,
    /// The busiest processes; `None` if the agent sends none.
    pub processes: Option<Vec<Process>>,
    /// The counters for the next answer.
    pub counters: CounterSnapshot,
}

/// Values of the latest answer that pages show with the sample.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Glance {
    /// Seconds since the computer booted.
    pub uptime_s: Option<f64>,
    /// Load average of one minute.
    pub load_1m: Option<f64>,
    /// Memory available to programs, in bytes.
    pub memory_available: Option<i64>,
    /// Free space of the root disk, in bytes.
    pub disk_free: Option<i64>,
    /// How far the computer's clock is ahead of this server's, in seconds; negative if it is behind.
    pub clock_ahead_s: Option<f64>,
    /// Whether the agent has a new token that was not used yet.
    pub token_renewed: bool,
}

/// Converts an answer that arrived at `arrived_ms`.
#[must_use]
pub fn ingest(
    computer_id: i64,
    arrived_ms: i64,
    info: SystemInfo,
    previous: Option<&CounterSnapshot>,
) -> Intake {
    let counters = CounterSnapshot {
        arrived_ms,
        boot_id: info.boot.as_ref().map(|boot| boot.id.clone()),
        cpu_times: info.cpu_times.clone(),
        network: info.network.clone(),
    };
    let previous = previous.filter(|previous| previous.boot_id == counters.boot_id);
    Intake {
        sample: sample(computer_id, &info, &counters, previous),
        glance: glance(&info, arrived_ms),
        facts: facts_from_info(&info),
        agent: info.agent,
        processes: info.top_processes.map(processes),
        counters,
    }
}

fn sample(
    computer_id: i64,
    info: &SystemInfo,
    counters: &CounterSnapshot,
    previous: Option<&CounterSnapshot>,
) -> Sample {
    let (sent_per_sec, recv_per_sec) = rates(info, counters, previous);
    let memory = info.memory.as_ref();
    let disk = info.disk.as_ref();
    let network = info.network.as_ref();
    Sample {
        computer_id,
        timestamp_ms: counters.arrived_ms,
        cpu_percent: cpu_percent(info, previous),
        memory_total: memory.and_then(|memory| whole(memory.total)),
        memory_used: memory.and_then(|memory| whole(memory.used)),
        memory_percent: memory.map(|memory| memory.percent),
        disk_total: disk.and_then(|disk| whole(disk.total)),
        disk_used: disk.and_then(|disk| whole(disk.used)),
        disk_percent: disk.and_then(disk_percent),
        network_bytes_sent: network.and_then(|network| whole(network.bytes_sent)),
        network_bytes_recv: network.and_then(|network| whole(network.bytes_recv)),
        network_sent_per_sec: sent_per_sec,
        network_recv_per_sec: recv_per_sec,
        extra: extra(info),
    }
}

/// Fits: `parse` has checked the range.
fn whole(bytes: u64) -> Option<i64> {
    i64::try_from(bytes).ok()
}

/// The first agents sent no percentage; as in the Flask server, it is then used/total.
fn disk_percent(disk: &muster_wire::Disk) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "a ratio needs no exact byte")]
    let ratio = disk.used as f64 / disk.total as f64;
    disk.percent
        .or_else(|| ratio.is_finite().then(|| round1(ratio * 100.0)))
}

fn cpu_percent(info: &SystemInfo, previous: Option<&CounterSnapshot>) -> Option<f64> {
    let now = info.cpu_times.as_ref();
    let before = previous.and_then(|previous| previous.cpu_times.as_ref());
    match now.zip(before) {
        Some((now, before)) => cpu_use(before, now),
        None => info.cpu_percent,
    }
}

/// CPU usage between two polls, computed as psutil does.
fn cpu_use(before: &CpuTimes, now: &CpuTimes) -> Option<f64> {
    let all = now.total() - before.total();
    let busy = now.busy() - before.busy();
    // iowait may decrease, and after hibernation other times may too. No value is better than a wrong one.
    (all > 0.0).then(|| round1((busy / all * 100.0).clamp(0.0, 100.0)))
}

/// Bytes sent and received per second.
fn rates(
    info: &SystemInfo,
    counters: &CounterSnapshot,
    previous: Option<&CounterSnapshot>,
) -> (Option<f64>, Option<f64>) {
    // Rates that a Muster agent computes depend on its other clients, so they are used only without previous
    // counters.
    let given = info.network_usage.as_ref();
    let ours = info.agent.is_some() || given.is_none();
    let before =
        previous.and_then(|previous| Some((previous.arrived_ms, previous.network.as_ref()?)));
    match (ours, &counters.network, before) {
        (true, Some(now), Some((before_ms, before))) => (
            rate_between(
                before_ms,
                before.bytes_sent,
                counters.arrived_ms,
                now.bytes_sent,
            ),
            rate_between(
                before_ms,
                before.bytes_recv,
                counters.arrived_ms,
                now.bytes_recv,
            ),
        ),
        _ => (
            given.map(|usage| usage.bytes_sent_per_sec),
            given.map(|usage| usage.bytes_recv_per_sec),
        ),
    }
}

/// Computed from stored values, so that it can be computed again bit for bit.
fn rate_between(before_ms: i64, before: u64, now_ms: i64, now: u64) -> Option<f64> {
    muster_history::rate(before_ms, whole(before)?, now_ms, whole(now)?)
}

fn glance(info: &SystemInfo, arrived_ms: i64) -> Glance {
    let reading = |name| info.series.get(name).map(muster_wire::Number::as_f64);
    #[expect(
        clippy::cast_precision_loss,
        reason = "seconds since a start are shown, not kept"
    )]
    let since_boot = |boot: &muster_wire::Boot| arrived_ms as f64 / 1000.0 - boot.time;
    Glance {
        uptime_s: reading(catalogue::UPTIME).or_else(|| info.boot.as_ref().map(since_boot)),
        load_1m: reading(catalogue::LOAD_1M),
        memory_available: info
            .memory
            .as_ref()
            .and_then(|memory: &Memory| whole(memory.available)),
        disk_free: info.disk.as_ref().and_then(|disk| whole(disk.free)),
        clock_ahead_s: info
            .agent
            .as_ref()
            .and_then(|agent| ahead_s(agent, arrived_ms)),
        token_renewed: info
            .agent
            .as_ref()
            .is_some_and(|agent| agent.token_renewed == Some(true)),
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a difference of clocks is shown, not kept"
)]
fn ahead_s(agent: &muster_wire::Agent, arrived_ms: i64) -> Option<f64> {
    Some(agent.time_ms?.checked_sub(arrived_ms)? as f64 / 1000.0)
}

/// The facts that a computer reports about itself.
#[must_use]
pub fn facts_from_info(info: &SystemInfo) -> Facts {
    Facts {
        hostname: info.hostname.clone(),
        system: info.system.clone(),
        os: info.os.clone(),
        kernel: info.kernel.clone(),
        agent_version: info.agent.as_ref().map(|agent| agent.version.clone()),
        boot_time_s: info.boot.as_ref().map(|boot| boot.time),
        boot_id: info.boot.as_ref().map(|boot| boot.id.clone()),
        agent_run: info.agent.as_ref().map(|agent| agent.run.clone()),
    }
}

fn processes(processes: Vec<muster_wire::Process>) -> Vec<Process> {
    let taken = processes.into_iter().map(|process| Process {
        pid: process.pid.into(),
        name: process.name,
        cpu_percent: process.cpu_percent,
        memory_percent: process.memory_percent,
        create_time_s: process.create_time,
    });
    let mut taken: Vec<Process> = taken.collect();
    taken.sort_by(|one, other| other.cpu_percent.total_cmp(&one.cpu_percent));
    taken
}

/// The series as stored, as JSON.
fn extra(info: &SystemInfo) -> Option<String> {
    (!info.series.is_empty())
        .then(|| serde_json::to_string(&info.series).ok())
        .flatten()
}

fn round1(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests;
