//! Tests with a small `/proc`.

use super::*;
use std::fs;
use std::path::Path;

const UNITS: Units = Units {
    ticks_per_second: 100,
    page_bytes: 4096,
    memory_bytes: 4096 * 1000,
    boot_time_s: 1_000,
};

fn put(proc: &Path, pid: u32, name: &str, used_ticks: u64, start_ticks: u64) {
    fs::create_dir_all(proc.join(pid.to_string())).unwrap();
    let zeros = "0 ".repeat(10);
    let line =
        format!("{pid} ({name}) S {zeros}{used_ticks} 0 0 0 20 0 1 0 {start_ticks} 0 {pid} 0\n");
    fs::write(proc.join(format!("{pid}/stat")), line).unwrap();
}

fn read_all(proc: &Path, earlier: &UsedByAll) -> (UsedByAll, Vec<Process>) {
    read_processes(
        &mut SourceFolder::new(proc),
        &mut StatFiles::new(1024),
        earlier,
        10.0,
        UNITS,
    )
    .unwrap()
}

#[test]
fn the_busiest_since_the_earlier_reading_come_first() {
    let folder = tempfile::tempdir().unwrap();
    let proc = folder.path();
    put(proc, 10, "old", 100_000, 5);
    put(proc, 20, "busy", 500, 6);
    put(proc, 30, "taken", 900, 7);
    let (earlier, _) = read_all(proc, &UsedByAll::default());
    put(proc, 20, "busy", 900, 6);
    put(proc, 30, "taken anew", 50, 2_050);
    put(proc, 40, "new", 20, 2_000);
    fs::create_dir(proc.join("50")).unwrap();
    fs::create_dir(proc.join("self")).unwrap();
    let (_, busiest) = read_all(proc, &earlier);
    let seen: Vec<_> = busiest
        .iter()
        .map(|busy| (busy.name.as_str(), busy.cpu_percent))
        .collect();
    assert_eq!(
        seen,
        [
            ("busy", 40.0),
            ("taken anew", 5.0),
            ("new", 2.0),
            ("old", 0.0)
        ]
    );
    assert_eq!(busiest[1].create_time, 1_020.5);
    assert_eq!(busiest[0].memory_percent, 2.0);
}

#[test]
fn at_most_twenty_are_reported_and_idle_ones_by_memory() {
    let folder = tempfile::tempdir().unwrap();
    for pid in 1..=50 {
        put(folder.path(), pid, "idle", 0, 1);
    }
    let (used, busiest) = read_all(
        folder.path(),
        &UsedByAll {
            complete: true,
            ..UsedByAll::default()
        },
    );
    let pids: Vec<_> = busiest.iter().map(|busy| busy.pid).collect();
    assert_eq!(pids, (31..=50).rev().collect::<Vec<_>>());
    assert_eq!(used.processes.len(), 50);
    assert!(used.processes.is_sorted_by_key(|used| used.pid));
}

#[test]
fn units_that_are_not_known_give_zero() {
    let busy = Busy {
        pid: 1,
        stat: Stat {
            used_ticks: 9,
            start_ticks: 1,
            resident_pages: u64::MAX,
        },
        ticks: 9,
        name: String::new(),
    };
    let process = process(
        &busy,
        0.0,
        Units {
            memory_bytes: 0,
            ..UNITS
        },
    );
    assert_eq!((process.cpu_percent, process.memory_percent), (0.0, 0.0));
}
