//! Linux: everything comes from `/proc`, with one file per collector.

mod cpu;
mod disk;
mod disks;
mod facts;
mod fields;
mod load;
mod memory;
mod mounts;
mod network;
mod processes;
mod remote;
mod source;

use super::baseline::Baseline;
use super::failures::FailureLog;
use super::{Options, rates};
use cpu::Cpu;
use disks::Disks;
use facts::Facts;
use memory::Swap;
use muster_wire::catalogue;
use muster_wire::{Boot, Network, Process, Series, SystemInfo};
use network::Interfaces;
use processes::{StatFiles, Units, UsedByAll};
use rustix::process::{Resource, getrlimit};
use source::SourceFolder;
use std::path::PathBuf;
use std::time::Instant;

/// All collectors, and the earlier readings that they compare with.
pub struct Platform {
    proc: SourceFolder,
    sys: PathBuf,
    facts: Facts,
    failures: FailureLog,
    disks: Disks,
    counters: Baseline<Counters>,
    processes: Baseline<UsedByAll>,
    stat_files: StatFiles,
    units: Units,
}

/// Counters from which usage and rates are computed.
#[derive(Default)]
struct Counters {
    cpu: Option<Cpu>,
    network: Option<Network>,
}

impl Platform {
    /// Reads the facts, and the values that the first answer is compared with.
    pub fn new(options: &Options, now: Instant) -> Self {
        let mut platform = Self {
            facts: facts::read_facts(&options.proc, &options.root),
            proc: SourceFolder::new(&options.proc),
            sys: options.sys.clone(),
            failures: FailureLog::default(),
            disks: Disks::new(&options.root),
            counters: Baseline::new(now, Counters::default()),
            processes: Baseline::new(now, UsedByAll::default()),
            stat_files: StatFiles::new(Self::permitted_files()),
            units: Units {
                ticks_per_second: rustix::param::clock_ticks_per_second(),
                page_bytes: rustix::param::page_size() as u64,
                memory_bytes: 0,
                boot_time_s: 0,
            },
        };
        platform.read_first(now);
        platform
    }

    fn read_first(&mut self, now: Instant) {
        let cpu = self.cpu();
        let network = self.interfaces().map(|interfaces| interfaces.all);
        self.counters = Baseline::new(now, Counters { cpu, network });
        let files = &mut self.stat_files;
        let none = UsedByAll::default();
        let first = processes::read_processes(&mut self.proc, files, &none, 0.0, self.units);
        if let Some((used, _)) = self.failures.ok_or_log("processes", first) {
            self.processes = Baseline::new(now, used);
        }
        let asked = self.disks.start_remote_reads(&mut self.proc);
        self.failures.ok_or_log("mounts", asked);
    }

    /// The number of files that this process may have open.
    pub fn permitted_files() -> u64 {
        getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
    }

    /// The host name.
    pub fn hostname(&mut self) -> String {
        facts::hostname(&mut self.proc)
    }

    /// Reads everything that can be read.
    pub fn read_system_info(&mut self, now: Instant, with_processes: bool) -> SystemInfo {
        let cpu = self.cpu();
        let interfaces = self.interfaces();
        let mut info = SystemInfo {
            network: interfaces.as_ref().map(|interfaces| interfaces.all.clone()),
            cpu_times: cpu
                .as_ref()
                .map(|cpu| cpu.times(self.units.ticks_per_second)),
            hostname: Some(self.hostname()),
            system: Some("Linux".to_owned()),
            os: self.facts.os.clone(),
            kernel: self.facts.kernel.clone(),
            ..SystemInfo::default()
        };
        // The most important series come first: on a very large computer there is no room for the last cores.
        self.add_load(cpu.as_ref(), &mut info.series);
        self.add_memory(&mut info);
        self.add_disks(&mut info);
        if let Some(boot_time_s) = cpu.as_ref().and_then(|cpu| cpu.boot_time_s) {
            info.boot = self.boot(boot_time_s);
            info.top_processes = with_processes
                .then(|| self.busiest(now, boot_time_s))
                .flatten();
        }
        self.add_interfaces(interfaces, &mut info.series);
        self.compare(now, cpu, &mut info);
        info
    }

    fn cpu(&mut self) -> Option<Cpu> {
        let cpu = cpu::read_cpu(&mut self.proc);
        self.failures.ok_or_log("cpu", cpu)
    }

    fn interfaces(&mut self) -> Option<Interfaces> {
        let interfaces = network::read_interfaces(&mut self.proc);
        self.failures.ok_or_log("network", interfaces)
    }

    fn add_load(&mut self, cpu: Option<&Cpu>, series: &mut Series) {
        let uptime = load::add_uptime(&mut self.proc, series);
        self.failures.ok_or_log("uptime", uptime);
        let load = load::add_load(&mut self.proc, series);
        self.failures.ok_or_log("load", load);
        if let Some(cpu) = cpu {
            series.push(catalogue::CPU_COUNT, cpu.cores.len() as u64);
        }
    }

    fn add_memory(&mut self, info: &mut SystemInfo) {
        let memory = memory::read_memory(&mut self.proc, self.units.page_bytes);
        let Some((memory, swap)) = self.failures.ok_or_log("memory", memory) else {
            self.units.memory_bytes = 0;
            return;
        };
        self.units.memory_bytes = memory.total;
        info.memory = Some(memory);
        if let Some(Swap {
            total_bytes,
            used_bytes,
        }) = swap
        {
            info.series.push(catalogue::SWAP_TOTAL, total_bytes);
            info.series.push(catalogue::SWAP_USED, used_bytes);
        }
    }

    fn add_disks(&mut self, info: &mut SystemInfo) {
        info.disk = self.failures.ok_or_log("disk", self.disks.read_root());
        let root = info.disk.as_ref();
        let added = self
            .disks
            .add_series(&mut self.proc, root, &mut info.series);
        self.failures.ok_or_log("mounts", added);
    }

    fn add_interfaces(&self, interfaces: Option<Interfaces>, series: &mut Series) {
        if let Some(interfaces) = interfaces {
            network::add_series(interfaces, &self.sys, series);
        }
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "a time in seconds is far below 2^53"
    )]
    fn boot(&self, boot_time_s: u64) -> Option<Boot> {
        let id = self.facts.boot_id.clone()?;
        Some(Boot {
            id,
            time: boot_time_s as f64,
        })
    }

    fn busiest(&mut self, now: Instant, boot_time_s: u64) -> Option<Vec<Process>> {
        let units = Units {
            boot_time_s,
            ..self.units
        };
        let (earlier, elapsed_s) = self.processes.reference(now);
        let reading = processes::read_processes(
            &mut self.proc,
            &mut self.stat_files,
            earlier,
            elapsed_s,
            units,
        );
        let (used, busiest) = self.failures.ok_or_log("processes", reading)?;
        self.processes.remember(now, used);
        Some(busiest)
    }

    /// Adds the values that are computed from two readings.
    fn compare(&mut self, now: Instant, cpu: Option<Cpu>, info: &mut SystemInfo) {
        let network = info.network.clone();
        let (earlier, elapsed_s) = self.counters.reference(now);
        if let (Some(network), Some(before)) = (&network, &earlier.network) {
            info.network_usage = Some(rates::network_usage(network, before, elapsed_s));
        }
        if let Some(cpu) = &cpu {
            let before = earlier.cpu.as_ref().unwrap_or(cpu);
            info.cpu_percent = Some(cpu.all.percent_since(&before.all));
            for (core, percent) in cpu.core_percents(before) {
                info.series
                    .push(catalogue::with_instance(catalogue::CPU_CORE, core), percent);
            }
        }
        self.counters.remember(now, Counters { cpu, network });
    }
}
