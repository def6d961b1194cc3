//! The processes that use most CPU, from the CPU time that sysinfo says each has used.

use crate::collect::rounding::{one_decimal, two_decimals};
use crate::collect::short_text;
use muster_wire::{MAX_PROCESSES, Process};
use std::cmp::Reverse;
use std::collections::HashMap;
use sysinfo::{ProcessRefreshKind, ProcessesToUpdate, System};

/// Processes whose CPU time is remembered, at most.
const MAX_REMEMBERED: usize = 16_384;

/// The CPU time in milliseconds that each process had used, by its id and its start.
#[derive(Default)]
pub struct UsedByAll(HashMap<(u32, u64), u64>);

/// Reads all processes: the CPU time that each has used, and the busiest since `earlier`.
pub fn read(system: &mut System, earlier: &UsedByAll, elapsed_s: f64) -> (UsedByAll, Vec<Process>) {
    let kind = ProcessRefreshKind::nothing().with_memory().with_cpu();
    system.refresh_processes_specifics(ProcessesToUpdate::All, true, kind);
    let mut used = HashMap::new();
    let mut busy = Vec::with_capacity(system.processes().len());
    for process in system.processes().values() {
        let key = (process.pid().as_u32(), process.start_time());
        let used_ms = process.accumulated_cpu_time();
        // One that was not there then is new, but where nothing is known yet.
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
    let told = busy
        .into_iter()
        .map(|(since_ms, process)| tell(process, since_ms, elapsed_s, total_bytes));
    (UsedByAll(used), told.collect())
}

#[expect(
    clippy::cast_precision_loss,
    reason = "the wire carries floats, none of them near 2^53"
)]
fn tell(process: &sysinfo::Process, since_ms: u64, elapsed_s: f64, total_bytes: u64) -> Process {
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
