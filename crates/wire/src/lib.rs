//! What a Muster agent answers to `GET /systeminfo`: the only types that agent and server share.
//!
//! The names and meanings are psutil 7's, so that servers and agents of the Flask system understand
//! them; what makes a reading exact (`agent`, `boot`, `cpu_times`) and every further reading (`series`)
//! stands beside them. Keys that this version does not know are ignored.

pub mod catalogue;
mod history;
mod number;
mod parse;
mod series;

pub use history::{Cursor, History, MAX_PAGE_BYTES, NoCursor};
pub use number::Number;
pub use parse::{ParseError, parse};
pub use series::{MAX_SERIES, MAX_SERIES_NAME, Series, is_series_name};

use serde::{Deserialize, Serialize};

/// The header with which a server says how many seconds lie between two of its questions, so that agents keep
/// readings as often.
pub const INTERVAL_HEADER: &str = "muster-interval";

/// How many processes an agent sends, and how many a server keeps, at most.
pub const MAX_PROCESSES: usize = 20;

/// One reading of one computer.
///
/// A section is absent where its source could not be read; [`parse`] says which ones may be.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SystemInfo {
    /// CPU use in per cent of all cores, since the agent's last reading at least a second ago.
    /// For servers that do not compute it from `cpu_times`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_percent: Option<f64>,
    /// Main memory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<Memory>,
    /// The disk of `/`, or of `C:\` on Windows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disk: Option<Disk>,
    /// All network interfaces together, loopback too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<Network>,
    /// Network rates since the agent's last reading at least a second ago.
    /// For servers that do not compute them from `network`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network_usage: Option<NetworkUsage>,
    /// The processes that used most CPU since the last reading, highest first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub top_processes: Option<Vec<Process>>,
    /// The computer's own name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hostname: Option<String>,
    /// `Linux`, `Windows` or `Darwin`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// The operating system's name and version as people say it, like `Debian GNU/Linux 12 (bookworm)`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub os: Option<String>,
    /// The kernel's release, like `6.1.0-18-amd64`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kernel: Option<String>,
    /// Who answered. Absent in the FastAPI client's answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<Agent>,
    /// Which start of the computer this is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boot: Option<Boot>,
    /// CPU time since the computer started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_times: Option<CpuTimes>,
    /// Every further reading.
    #[serde(default, skip_serializing_if = "Series::is_empty")]
    pub series: Series,
    /// Earlier readings, where they were asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<Box<History>>,
}

/// Main memory in bytes, as `psutil.virtual_memory()` defines it. What Linux alone knows is optional.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Memory {
    /// Physical memory.
    pub total: u64,
    /// What programs can get without swapping.
    pub available: u64,
    /// `used / total`, in per cent.
    pub percent: f64,
    /// `total - available`.
    pub used: u64,
    /// Memory that nothing uses, not even as a cache.
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
    /// Its size.
    pub total: u64,
    /// What is taken.
    pub used: u64,
    /// What an unprivileged user can still write.
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

/// Network rates by the agent's own clock.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NetworkUsage {
    /// Bytes sent a second.
    pub bytes_sent_per_sec: f64,
    /// Bytes received a second.
    pub bytes_recv_per_sec: f64,
}

/// One process.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Process {
    /// Process id.
    pub pid: u32,
    /// Its name.
    pub name: String,
    /// CPU use in per cent of one core: four busy threads make 400.
    pub cpu_percent: f64,
    /// Resident memory in per cent of physical memory.
    pub memory_percent: f64,
    /// When it started, in Unix seconds.
    pub create_time: f64,
}

/// Who answered, and which of its readings this is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Agent {
    /// The agent's version.
    pub version: String,
    /// A random id of this run of the agent.
    pub run: String,
    /// Counts the answers of this run, from 1.
    pub sequence: u64,
    /// Milliseconds of a clock that is never set, taken with the reading.
    pub monotonic_ms: u64,
    /// The computer's own clock, which may be wrong, in Unix milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_ms: Option<i64>,
    /// How many earlier readings the agent keeps for a server that could not ask; absent where it keeps
    /// none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<u32>,
    /// How the run before this one ended, where the agent has a folder to note it in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<PreviousRun>,
    /// True where the token that was shown is the old one: the agent has a new one, which nobody has used yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_renewed: Option<bool>,
}

/// The run of an agent before the one that answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PreviousRun {
    /// Its id.
    pub run: String,
    /// Whether it was told to end, and noted so; otherwise it crashed, was killed, or lost power.
    pub ended_cleanly: bool,
}

/// Which start of the computer a reading belongs to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Boot {
    /// Differs after each start of the computer.
    pub id: String,
    /// When the computer started, in Unix seconds by its own clock.
    pub time: f64,
}

/// CPU time in seconds since the computer started, all cores together, by kind.
///
/// As in psutil on Linux, `user` contains `guest` and `nice` contains `guest_nice`: neither may be
/// counted twice. What a system does not know is zero.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CpuTimes {
    /// How many logical CPUs the times add up.
    pub count: u32,
    /// Programs.
    pub user: f64,
    /// Programs of low priority.
    pub nice: f64,
    /// The kernel.
    pub system: f64,
    /// Nothing to do.
    pub idle: f64,
    /// Nothing to do but to wait for a disk.
    pub iowait: f64,
    /// Interrupts.
    pub irq: f64,
    /// Software interrupts.
    pub softirq: f64,
    /// Taken by the hypervisor for others.
    pub steal: f64,
    /// Guests of this computer, in `user` too.
    pub guest: f64,
    /// Guests of low priority, in `nice` too.
    pub guest_nice: f64,
}

impl CpuTimes {
    /// All time that went by, busy or not.
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

    /// The time in which something was done, as `psutil.cpu_percent()` counts it.
    #[must_use]
    pub fn busy(&self) -> f64 {
        self.total() - self.idle - self.iowait
    }
}
