//! From the wire to a sample: the one place where an agent's answer becomes what Muster keeps.
//!
//! CPU use and rates come from two of this server's own readings where the agent sends cumulative
//! values, so that whoever else reads the agent disturbs nothing. Where there is no earlier reading,
//! or the agent sends none, what it computed itself is taken.

mod names;

pub use names::SeriesNames;

use muster_store::{Facts, Process, Sample};
use muster_wire::{CpuTimes, Memory, Network, SystemInfo};

/// What the next reading of the same computer is compared with.
#[derive(Clone, Debug)]
pub struct Reading {
    arrived_ms: i64,
    boot_id: Option<String>,
    cpu_times: Option<CpuTimes>,
    network: Option<Network>,
}

impl Reading {
    /// How long ago it arrived.
    #[must_use]
    pub fn age_ms(&self, now_ms: i64) -> i64 {
        now_ms.saturating_sub(self.arrived_ms)
    }
}

/// An answer, taken in.
#[derive(Clone, Debug)]
pub struct Intake {
    /// What is stored.
    pub sample: Sample,
    /// What is shown beside it, and not stored.
    pub glance: Glance,
    /// What the computer says of itself.
    pub facts: Facts,
    /// Who answered; `None` for the agents of before.
    pub agent: Option<muster_wire::Agent>,
    /// Its busiest processes; `None` where the agent sends none.
    pub processes: Option<Vec<Process>>,
    /// For the next answer.
    pub reading: Reading,
}

/// Numbers of the latest answer that pages show beside the sample.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Glance {
    /// Seconds since the computer started.
    pub uptime_s: Option<f64>,
    /// Load average of one minute.
    pub load_1m: Option<f64>,
    /// Memory that programs can get, in bytes.
    pub memory_available: Option<i64>,
    /// What can still be written to the root disk, in bytes.
    pub disk_free: Option<i64>,
    /// How far the computer's clock is ahead of this server's, in seconds; negative where it is behind.
    pub clock_ahead_s: Option<f64>,
    /// Whether the agent has a new token, and still waits for it to be used.
    pub token_renewed: bool,
}

/// Takes in an answer that arrived at `arrived_ms`.
#[must_use]
pub fn ingest(
    computer_id: i64,
    arrived_ms: i64,
    info: SystemInfo,
    previous: Option<&Reading>,
) -> Intake {
    let reading = Reading {
        arrived_ms,
        boot_id: info.boot.as_ref().map(|boot| boot.id.clone()),
        cpu_times: info.cpu_times.clone(),
        network: info.network.clone(),
    };
    let previous = previous.filter(|previous| previous.boot_id == reading.boot_id);
    Intake {
        sample: sample(computer_id, &info, &reading, previous),
        glance: glance(&info, arrived_ms),
        facts: facts(&info),
        agent: info.agent,
        processes: info.top_processes.map(processes),
        reading,
    }
}

fn sample(
    computer_id: i64,
    info: &SystemInfo,
    reading: &Reading,
    previous: Option<&Reading>,
) -> Sample {
    let (sent_per_sec, recv_per_sec) = rates(info, reading, previous);
    let memory = info.memory.as_ref();
    let disk = info.disk.as_ref();
    let network = info.network.as_ref();
    Sample {
        computer_id,
        timestamp_ms: reading.arrived_ms,
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

/// The answer was checked to fit when it was parsed.
fn whole(bytes: u64) -> Option<i64> {
    i64::try_from(bytes).ok()
}

/// The first agents sent no per cent: the Flask server used used/total for them.
fn disk_percent(disk: &muster_wire::Disk) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "a ratio needs no exact byte")]
    let ratio = disk.used as f64 / disk.total as f64;
    disk.percent
        .or_else(|| ratio.is_finite().then(|| round1(ratio * 100.0)))
}

fn cpu_percent(info: &SystemInfo, previous: Option<&Reading>) -> Option<f64> {
    let now = info.cpu_times.as_ref();
    let before = previous.and_then(|previous| previous.cpu_times.as_ref());
    match now.zip(before) {
        Some((now, before)) => cpu_use(before, now),
        None => info.cpu_percent,
    }
}

/// The share of the time between two readings in which something was done, as psutil computes it.
fn cpu_use(before: &CpuTimes, now: &CpuTimes) -> Option<f64> {
    let all = now.total() - before.total();
    let busy = now.busy() - before.busy();
    // iowait may run backwards, and a hibernated computer's times may too: no use is better than a lie.
    (all > 0.0).then(|| round1((busy / all * 100.0).clamp(0.0, 100.0)))
}

/// Bytes sent and received a second.
fn rates(
    info: &SystemInfo,
    reading: &Reading,
    previous: Option<&Reading>,
) -> (Option<f64>, Option<f64>) {
    // An agent that says who it is may be read by others too, which its own rates would show.
    let given = info.network_usage.as_ref();
    let ours = info.agent.is_some() || given.is_none();
    let before =
        previous.and_then(|previous| Some((previous.arrived_ms, previous.network.as_ref()?)));
    match (ours, &reading.network, before) {
        (true, Some(now), Some((before_ms, before))) => (
            rate_between(
                before_ms,
                before.bytes_sent,
                reading.arrived_ms,
                now.bytes_sent,
            ),
            rate_between(
                before_ms,
                before.bytes_recv,
                reading.arrived_ms,
                now.bytes_recv,
            ),
        ),
        _ => (
            given.map(|usage| usage.bytes_sent_per_sec),
            given.map(|usage| usage.bytes_recv_per_sec),
        ),
    }
}

/// Computed from what is stored, so that it can be computed again, bit for bit.
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
        uptime_s: reading("uptime.seconds").or_else(|| info.boot.as_ref().map(since_boot)),
        load_1m: reading("load.1m"),
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

/// What a computer says of itself in an answer.
#[must_use]
pub fn facts(info: &SystemInfo) -> Facts {
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

/// The series as they are stored: unread.
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
