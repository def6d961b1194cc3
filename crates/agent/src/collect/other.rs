//! Systems other than Linux: values from sysinfo, with the meanings of psutil where possible.
//!
//! sysinfo measures CPU usage between two of its own readings and has no cumulative CPU times, so `cpu_times`
//! is absent here. There is no boot id either.

mod cpu;
mod disks;
mod processes;

use super::baseline::Baseline;
use super::failures::FailureLog;
use super::rounding::{percent, two_decimals};
use super::{Options, rates, short_text};
use cpu::CpuUse;
use disks::Disks;
use muster_wire::catalogue;
use muster_wire::{Boot, Memory, Network, Series, SystemInfo};
use processes::UsedByAll;
use std::time::Instant;
use sysinfo::{Networks, System};

/// Maximum number of interfaces that get series.
const MAX_INTERFACES: usize = 24;

/// State of sysinfo, and the earlier readings that answers are compared with.
pub struct Platform {
    system: Option<System>,
    networks: Option<Networks>,
    disks: Disks,
    cpu: CpuUse,
    boot: Option<Boot>,
    network: Baseline<Network>,
    processes: Baseline<UsedByAll>,
}

impl Platform {
    /// Takes the readings that the first answer is compared with. The folders are only used on Linux.
    pub fn new(_: &Options, now: Instant) -> Self {
        let mut failures = FailureLog::default();
        let mut platform = Self {
            system: failures.ok_or_log("cpu, memory and processes", System::new()),
            networks: failures.ok_or_log("network", Networks::new()),
            disks: Disks::new(),
            cpu: CpuUse::default(),
            boot: System::boot_time().ok().map(boot),
            network: Baseline::new(now, Network::default()),
            processes: Baseline::new(now, UsedByAll::default()),
        };
        platform.read_first(now);
        platform
    }

    fn read_first(&mut self, now: Instant) {
        if let Some(system) = &mut self.system {
            self.cpu.refresh(now, system);
            let (used, _) = processes::read_processes(system, &UsedByAll::default(), 0.0);
            self.processes = Baseline::new(now, used);
        }
        if let Some(networks) = &mut self.networks {
            networks.refresh(true);
            self.network = Baseline::new(now, total(networks));
        }
    }

    /// The number of files that this process may have open; unlimited if the system does not count them.
    pub fn permitted_files() -> u64 {
        System::open_files_limit().map_or(u64::MAX, |files| files as u64)
    }

    /// The host name.
    pub fn hostname(&mut self) -> String {
        short_text(gethostname::gethostname().to_string_lossy().into_owned())
    }

    /// Reads everything that can be read.
    pub fn read_system_info(&mut self, now: Instant, with_processes: bool) -> SystemInfo {
        let mut info = SystemInfo {
            hostname: Some(self.hostname()),
            system: Some(system_name()),
            os: System::long_os_version().ok().map(short_text),
            kernel: System::kernel_version().ok().map(short_text),
            boot: self.boot.clone(),
            ..SystemInfo::default()
        };
        add_load(&mut info.series);
        self.add_memory(&mut info);
        self.disks.add_disks(&mut info);
        if with_processes {
            self.add_processes(now, &mut info);
        }
        self.add_network(now, &mut info);
        if let Some(system) = &mut self.system {
            self.cpu.refresh(now, system);
            self.cpu.add_cpu_use(system, &mut info);
        }
        info
    }

    fn add_memory(&mut self, info: &mut SystemInfo) {
        let Some(system) = &mut self.system else {
            return;
        };
        system.refresh_memory();
        let total = system.total_memory();
        if total == 0 {
            return;
        }
        let available = system.available_memory().min(total);
        info.memory = Some(Memory {
            total,
            available,
            percent: percent(total - available, total),
            used: total - available,
            free: Some(system.free_memory()),
            ..Memory::default()
        });
        info.series.push(catalogue::SWAP_TOTAL, system.total_swap());
        info.series.push(catalogue::SWAP_USED, system.used_swap());
    }

    fn add_processes(&mut self, now: Instant, info: &mut SystemInfo) {
        let Some(system) = &mut self.system else {
            return;
        };
        let (earlier, elapsed_s) = self.processes.reference(now);
        let (used, busiest) = processes::read_processes(system, earlier, elapsed_s);
        info.top_processes = Some(busiest);
        self.processes.remember(now, used);
    }

    fn add_network(&mut self, now: Instant, info: &mut SystemInfo) {
        let Some(networks) = &mut self.networks else {
            return;
        };
        networks.refresh(true);
        let network = total(networks);
        let (earlier, elapsed_s) = self.network.reference(now);
        info.network_usage = Some(rates::network_usage(&network, earlier, elapsed_s));
        info.network = Some(network.clone());
        self.network.remember(now, network);
        add_interfaces(networks, &mut info.series);
    }
}

fn system_name() -> String {
    match std::env::consts::OS {
        "windows" => "Windows".to_owned(),
        "macos" | "ios" => "Darwin".to_owned(),
        "freebsd" => "FreeBSD".to_owned(),
        other => other.to_owned(),
    }
}

/// Read once, because some systems derive it from their adjustable clock: a different value means another boot.
#[expect(
    clippy::cast_precision_loss,
    reason = "a time in seconds is far below 2^53"
)]
fn boot(time_s: u64) -> Boot {
    Boot {
        id: time_s.to_string(),
        time: time_s as f64,
    }
}

fn add_load(series: &mut Series) {
    if let Ok(uptime_s) = System::uptime() {
        series.push(catalogue::UPTIME, uptime_s);
    }
    if let Ok(load) = System::load_average() {
        series.push(catalogue::LOADS[0], two_decimals(load.one));
        series.push(catalogue::LOADS[1], two_decimals(load.five));
        series.push(catalogue::LOADS[2], two_decimals(load.fifteen));
    }
}

fn total(networks: &Networks) -> Network {
    let mut all = Network::default();
    for network in networks.values() {
        all.bytes_sent += network.total_transmitted();
        all.bytes_recv += network.total_received();
        all.packets_sent += network.total_packets_transmitted();
        all.packets_recv += network.total_packets_received();
        all.errin += network.total_errors_on_received();
        all.errout += network.total_errors_on_transmitted();
    }
    all
}

fn add_interfaces(networks: &Networks, series: &mut Series) {
    let mut interfaces: Vec<_> = networks.iter().collect();
    interfaces.sort_by_key(|(name, _)| name.to_owned());
    for (name, network) in interfaces.into_iter().take(MAX_INTERFACES) {
        let name = name.to_string_lossy().replace(' ', "_");
        series.push(
            catalogue::with_instance(catalogue::NETWORK_SENT, name),
            network.total_transmitted(),
        );
        series.push(
            catalogue::with_instance(catalogue::NETWORK_RECEIVED, name),
            network.total_received(),
        );
    }
}
