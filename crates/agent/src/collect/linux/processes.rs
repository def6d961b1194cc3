//! The processes that use the most CPU, from `PID/stat` of each.

mod files;
mod stat;

pub use files::StatFiles;

use stat::{Stat, parse_stat};

use super::fields::number;
use super::source::{SourceError, SourceFolder};
use crate::collect::rounding::{one_decimal, two_decimals};
use crate::collect::short_text;
use muster_wire::{MAX_PROCESSES, Process};
use rustix::fs::{RawDir, SeekFrom};
use std::cmp::Reverse;
use std::path::PathBuf;

/// Maximum number of processes whose CPU time is remembered.
const MAX_REMEMBERED: usize = 16_384;

/// The CPU time that one process has used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Used {
    pid: u32,
    start_ticks: u64,
    used_ticks: u64,
}

/// The CPU time that each process has used, sorted by process id.
#[derive(Clone, Debug, Default)]
pub struct UsedByAll {
    processes: Vec<Used>,
    /// Whether all processes are included.
    complete: bool,
}

/// Factors that convert kernel units to those of the answer.
#[derive(Clone, Copy, Debug)]
pub struct Units {
    /// Ticks per second, for CPU time and start times.
    pub ticks_per_second: u64,
    /// Bytes per page of memory.
    pub page_bytes: u64,
    /// Total bytes of memory; zero if unknown.
    pub memory_bytes: u64,
    /// Time of the boot in Unix seconds.
    pub boot_time_s: u64,
}

/// One of the busiest processes.
struct Busy {
    pid: u32,
    stat: Stat,
    ticks: u64,
    name: String,
}

/// Reads the CPU time that each process has used, and the busiest processes since `earlier`. A process that
/// ends meanwhile is left out.
pub fn read_processes(
    proc: &mut SourceFolder,
    files: &mut StatFiles,
    earlier: &UsedByAll,
    elapsed_s: f64,
    units: Units,
) -> Result<(UsedByAll, Vec<Process>), SourceError> {
    let mut reading = Reading::new(earlier);
    let path = proc.path().to_owned();
    let error = |errno: rustix::io::Errno| SourceError::Read {
        path: PathBuf::from(&path),
        source: errno.into(),
    };
    let folder = proc.open()?;
    rustix::fs::seek(folder, SeekFrom::Start(0)).map_err(error)?;
    let mut names = Vec::with_capacity(8 << 10);
    let mut entries = RawDir::new(folder, names.spare_capacity_mut());
    files.begin_pass();
    while let Some(entry) = entries.next() {
        let entry = entry.map_err(error)?;
        let name = entry.file_name().to_bytes();
        let Some(pid) = number(name).and_then(|pid| u32::try_from(pid).ok()) else {
            continue;
        };
        if let Some(text) = files.read_stat(folder, pid, name) {
            reading.add(pid, text);
        }
    }
    files.end_pass();
    let busiest = reading
        .busiest
        .iter()
        .map(|busy| process(busy, elapsed_s, units))
        .collect();
    Ok((reading.finish(), busiest))
}

/// Collects processes while they are read.
struct Reading<'a> {
    earlier: &'a UsedByAll,
    used: UsedByAll,
    busiest: Vec<Busy>,
}

impl<'a> Reading<'a> {
    fn new(earlier: &'a UsedByAll) -> Self {
        let used = UsedByAll {
            processes: Vec::with_capacity(earlier.processes.len() + 16),
            complete: true,
        };
        Self {
            earlier,
            used,
            busiest: Vec::with_capacity(MAX_PROCESSES + 1),
        }
    }

    fn add(&mut self, pid: u32, text: &[u8]) {
        let Some((name, stat)) = parse_stat(text) else {
            return;
        };
        let ticks = self.ticks_since(pid, &stat);
        self.remember(pid, &stat);
        let key = |busy: &Busy| Reverse((busy.ticks, busy.stat.resident_pages));
        let own_key = Reverse((ticks, stat.resident_pages));
        let place = self.busiest.partition_point(|busy| key(busy) <= own_key);
        if place < MAX_PROCESSES {
            self.busiest.truncate(MAX_PROCESSES - 1);
            let name = short_text(String::from_utf8_lossy(name).into_owned());
            self.busiest.insert(
                place,
                Busy {
                    pid,
                    stat,
                    ticks,
                    name,
                },
            );
        }
    }

    /// The CPU time that a process used since the earlier reading. A process that was not there then is new, so
    /// all its time counts. A reused process id is recognized by the start time.
    fn ticks_since(&self, pid: u32, stat: &Stat) -> u64 {
        let processes = &self.earlier.processes;
        let found = processes.binary_search_by_key(&pid, |used| used.pid);
        let before = found.ok().map(|index| processes[index]);
        match before.filter(|used| used.start_ticks == stat.start_ticks) {
            Some(used) => stat.used_ticks.saturating_sub(used.used_ticks),
            None if self.earlier.complete => stat.used_ticks,
            None => 0,
        }
    }

    fn remember(&mut self, pid: u32, stat: &Stat) {
        if self.used.processes.len() < MAX_REMEMBERED {
            let Stat {
                start_ticks,
                used_ticks,
                ..
            } = *stat;
            self.used.processes.push(Used {
                pid,
                start_ticks,
                used_ticks,
            });
        } else {
            self.used.complete = false;
        }
    }

    /// The kernel lists process ids in rising order; the file system of a test does not.
    fn finish(mut self) -> UsedByAll {
        self.used.processes.sort_unstable_by_key(|used| used.pid);
        self.used
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "answers contain floats, and none is near 2^53"
)]
fn process(busy: &Busy, elapsed_s: f64, units: Units) -> Process {
    let per_cent = |part: f64, whole: f64| {
        if whole > 0.0 {
            part / whole * 100.0
        } else {
            0.0
        }
    };
    let ticks_per_second = units.ticks_per_second as f64;
    let resident_bytes = busy.stat.resident_pages.saturating_mul(units.page_bytes);
    // A single division keeps hundredths of a second exact.
    let start_ticks =
        units.boot_time_s.saturating_mul(units.ticks_per_second) + busy.stat.start_ticks;
    Process {
        pid: busy.pid,
        name: busy.name.clone(),
        cpu_percent: one_decimal(per_cent(busy.ticks as f64 / ticks_per_second, elapsed_s)),
        memory_percent: two_decimals(per_cent(resident_bytes as f64, units.memory_bytes as f64)),
        create_time: start_ticks as f64 / ticks_per_second,
    }
}

#[cfg(test)]
mod tests;
