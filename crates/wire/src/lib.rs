//! The answer of a Muster agent to `GET /systeminfo`: the only types that agent and server share.
//!
//! Names and meanings are those of psutil 7, so that servers and agents of the Flask system understand them.
//! Fields that make a reading exact (`agent`, `boot`, `cpu_times`) and all further values (`series`) are
//! additions. Unknown keys are ignored.

pub mod catalogue;
mod history;
mod number;
mod parse;
mod series;

pub use history::{Cursor, History, InvalidCursor, MAX_PAGE_BYTES};
pub use number::Number;
pub use parse::{ParseError, parse};
pub use series::{MAX_SERIES, MAX_SERIES_NAME, Series, is_series_name};

use serde::{Deserialize, Serialize};

/// Request header in which a server sends its poll interval in seconds. The agent records readings at the same
/// interval.
pub const INTERVAL_HEADER: &str = "muster-interval";

/// Maximum number of processes that an agent sends and a server stores.
pub const MAX_PROCESSES: usize = 20;

/// The state of one computer at one moment: the answer to a poll, or a recorded reading.
///
/// A section is absent if its source could not be read; [`parse`] says which sections may be absent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SystemInfo {
    /// CPU use in per cent of all cores, since the last reading that was at least a second earlier. For servers
    /// that do not compute it from `cpu_times`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_percent: Option<f64>,
    /// Main memory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<Memory>,
    /// The file system at `/`, or `C:\` on Windows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disk: Option<Disk>,
    /// Totals of all network interfaces, including loopback.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<Network>,
    /// Network rates since the last reading that was at least a second earlier. For servers that do not compute
    /// them from `network`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network_usage: Option<NetworkUsage>,
    /// The processes that used the most CPU since the last reading, busiest first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub top_processes: Option<Vec<Process>>,
    /// The host name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hostname: Option<String>,
    /// `Linux`, `Windows` or `Darwin`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// Name and version of the operating system for display, such as `Debian GNU/Linux 12 (bookworm)`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub os: Option<String>,
    /// The kernel release, such as `6.1.0-18-amd64`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kernel: Option<String>,
    /// The agent that answered. The FastAPI client does not send it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<Agent>,
    /// The current boot of the computer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boot: Option<Boot>,
    /// CPU time since the computer started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_times: Option<CpuTimes>,
    /// All further values, by name.
    #[serde(default, skip_serializing_if = "Series::is_empty")]
    pub series: Series,
    /// Earlier readings, if the request asked for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<Box<History>>,
}

/// Main memory in bytes, as `psutil.virtual_memory()` defines it. Fields that only Linux has are optional.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Memory {
    /// Physical memory.
    pub total: u64,
    /// Memory that programs can get without swapping.
    pub available: u64,
    /// `used / total`, in per cent.
    pub percent: f64,
    /// `total - available`.
    pub used: u64,
    /// Memory that is not used at all, not even as a cache.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free: Option<u64>,
    /// Recently used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active: Option<u64>,
    /// Not recently used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inactive: Option<u64>,
    /// Block device buffers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buffers: Option<u64>,
    /// Page cache and reclaimable slab.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cached: Option<u64>,
    /// Shared memory and tmpfs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shared: Option<u64>,
    /// Kernel data structures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slab: Option<u64>,
}

/// A file system in bytes, as `psutil.disk_usage()` defines it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Disk {
    /// The size.
    pub total: u64,
    /// The used part.
    pub used: u64,
    /// The part that an unprivileged user can still fill.
    pub free: u64,
    /// `used / (used + free)`, in per cent. The first agents did not send it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent: Option<f64>,
}

/// Network counters since the interfaces came up, as `psutil.net_io_counters()` gives them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Network {
    /// Bytes sent.
    pub bytes_sent: u64,
    /// Bytes received.
    pub bytes_recv: u64,
    /// Packets sent.
    #[serde(default)]
    pub packets_sent: u64,
    /// Packets received.
    #[serde(default)]
    pub packets_recv: u64,
    /// Errors while receiving.
    #[serde(default)]
    pub errin: u64,
    /// Errors while sending.
    #[serde(default)]
    pub errout: u64,
    /// Incoming packets dropped.
    #[serde(default)]
    pub dropin: u64,
    /// Outgoing packets dropped.
    #[serde(default)]
    pub dropout: u64,
}

/// Network rates, measured by the agent's clock.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NetworkUsage {
    /// Bytes sent per second.
    pub bytes_sent_per_sec: f64,
    /// Bytes received per second.
    pub bytes_recv_per_sec: f64,
}

/// One process.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Process {
    /// Process id.
    pub pid: u32,
    /// The name.
    pub name: String,
    /// CPU use in per cent of one core: four busy threads add up to 400.
    pub cpu_percent: f64,
    /// Resident memory in per cent of physical memory.
    pub memory_percent: f64,
    /// When it started, in Unix seconds.
    pub create_time: f64,
}

/// The agent that answered, and the number of this reading.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Agent {
    /// The agent's version.
    pub version: String,
    /// A random id that is new at each start of the agent.
    pub run: String,
    /// Number of this reading within the run, from 1.
    pub sequence: u64,
    /// Milliseconds of a monotonic clock, read together with the values.
    pub monotonic_ms: u64,
    /// The computer's clock in Unix milliseconds. It may be wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_ms: Option<i64>,
    /// Number of readings that the agent recorded for a server that could not poll it; absent if it records
    /// none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<u32>,
    /// How the previous run ended; absent if the agent has no folder to record it in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<PreviousRun>,
    /// True if the request used the old token: the agent has a new one that has not been used yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_renewed: Option<bool>,
}

/// The previous run of the agent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PreviousRun {
    /// The id of that run.
    pub run: String,
    /// True if the run shut down normally; otherwise it crashed, was killed or lost power.
    pub ended_cleanly: bool,
}

/// The boot of the computer during which a reading was taken.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Boot {
    /// An id that is different after each boot.
    pub id: String,
    /// Time of the boot in Unix seconds, by the clock of the computer.
    pub time: f64,
}

/// CPU time in seconds since the boot, summed over all cores, by kind.
///
/// As in psutil on Linux, `user` contains `guest` and `nice` contains `guest_nice`; do not count them twice.
/// Kinds that a system does not report are zero.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CpuTimes {
    /// Number of logical CPUs that the times are summed over.
    pub count: u32,
    /// Normal programs.
    pub user: f64,
    /// Programs with lowered priority.
    pub nice: f64,
    /// The kernel.
    pub system: f64,
    /// Idle.
    pub idle: f64,
    /// Idle while waiting for a disk.
    pub iowait: f64,
    /// Interrupts.
    pub irq: f64,
    /// Software interrupts.
    pub softirq: f64,
    /// Used by the hypervisor for other guests.
    pub steal: f64,
    /// Running guests; also counted in `user`.
    pub guest: f64,
    /// Running guests with lowered priority; also counted in `nice`.
    pub guest_nice: f64,
}

impl CpuTimes {
    /// All time that passed, busy or idle.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.user
            + self.nice
            + self.system
            + self.idle
            + self.iowait
            + self.irq
            + self.softirq
            + self.steal
    }

    /// Busy time, as `psutil.cpu_percent()` counts it.
    #[must_use]
    pub fn busy(&self) -> f64 {
        self.total() - self.idle - self.iowait
    }
}
