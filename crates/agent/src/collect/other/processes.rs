//! The processes that use the most CPU, from the CPU times of sysinfo.

use crate::collect::rounding::{one_decimal, two_decimals};
use crate::collect::short_text;
use muster_wire::{MAX_PROCESSES, Process};
use std::cmp::Reverse;
use std::collections::HashMap;
use sysinfo::{ProcessRefreshKind, ProcessesToUpdate, System};

/// Maximum number of processes whose CPU time is remembered.
const MAX_REMEMBERED: usize = 16_384;

/// The CPU time in milliseconds that each process has used, by process id and start time.
#[derive(Default)]
pub struct UsedByAll(HashMap<(u32, u64), u64>);

/// Reads the CPU time that each process has used, and the busiest processes since `earlier`.
pub fn read_processes(
    system: &mut System,
    earlier: &UsedByAll,
    elapsed_s: f64,
) -> (UsedByAll, Vec<Process>) {
    let kind = ProcessRefreshKind::nothing().with_memory().with_cpu();
    system.refresh_processes_specifics(ProcessesToUpdate::All, true, kind);
    let mut used = HashMap::new();
    let mut busy = Vec::with_capacity(system.processes().len());
    for process in system.processes().values() {
        let key = (process.pid().as_u32(), process.start_time());
        let used_ms = process.accumulated_cpu_time();
        // A process that was not there then is new, so all its time counts, except in the first reading.
        let before_ms = earlier.0.get(&key).copied();
        let new_ms = if earlier.0.is_empty() { used_ms } else { 0 };
        let since_ms = used_ms.saturating_sub(before_ms.unwrap_or(new_ms));
        busy.push((since_ms, process));
        if used.len() < MAX_REMEMBERED {
            used.insert(key, used_ms);
        }
    }
    busy.sort_by_key(|(since_ms, process)| Reverse((*since_ms, process.memory())));
    busy.truncate(MAX_PROCESSES);
    let total_bytes = system.total_memory();
    let reported = busy
        .into_iter()
        .map(|(since_ms, process)| to_process(process, since_ms, elapsed_s, total_bytes));
    (UsedByAll(used), reported.collect())
}

#[expect(
    clippy::cast_precision_loss,
    reason = "answers contain floats, and none is near 2^53"
)]
fn to_process(
    process: &sysinfo::Process,
    since_ms: u64,
    elapsed_s: f64,
    total_bytes: u64,
) -> Process {
    let per_cent = |part: f64, whole: f64| {
        if whole > 0.0 {
            part / whole * 100.0
        } else {
            0.0
        }
    };
    Process {
        pid: process.pid().as_u32(),
        name: short_text(process.name().to_string_lossy().into_owned()),
        cpu_percent: one_decimal(per_cent(since_ms as f64 / 1000.0, elapsed_s)),
        memory_percent: two_decimals(per_cent(process.memory() as f64, total_bytes as f64)),
        create_time: process.start_time() as f64,
    }
}
