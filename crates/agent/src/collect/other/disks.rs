//! Mounted file systems, listed and asked on a thread, since a network drive may take for ever.

use crate::collect::asker::{Asker, Patience};
use crate::collect::rounding::percent;
use muster_wire::{Disk, SystemInfo};
use sysinfo::DiskRefreshKind;

/// File systems that are told, at most.
const MAX_DISKS: usize = 64;

const STACK_BYTES: usize = 512 << 10;

/// The disk that stands for the computer.
const MAIN: &str = if cfg!(windows) { "C:\\" } else { "/" };

/// The thread that asks.
pub struct Disks(Option<Asker<Vec<(String, Disk)>>>);

impl Disks {
    /// Asks for the first time.
    pub fn new() -> Self {
        let asker = Asker::new(STACK_BYTES, list).ok();
        if let Some(asker) = &asker {
            asker.ask();
        }
        Self(asker)
    }

    /// Adds what was found last, and asks again.
    pub fn add(&self, info: &mut SystemInfo) {
        let Some(asker) = &self.0 else { return };
        asker.ask();
        for (mount, disk) in asker.value(&mut Patience::default()).unwrap_or_default() {
            if mount == MAIN {
                info.disk = Some(disk.clone());
            }
            let mount = mount.replace(' ', "_");
            info.series
                .push(format!("disk.total_bytes:{mount}"), disk.total);
            info.series
                .push(format!("disk.used_bytes:{mount}"), disk.used);
            info.series
                .push(format!("disk.free_bytes:{mount}"), disk.free);
        }
    }
}

fn list() -> Option<Vec<(String, Disk)>> {
    let kind = DiskRefreshKind::nothing().with_storage();
    let disks = sysinfo::Disks::new_with_refreshed_list_specifics(kind).ok()?;
    let mut found: Vec<_> = disks
        .iter()
        .filter(|disk| disk.total_space() > 0)
        .map(read)
        .collect();
    found.sort_by(|(left, _), (right, _)| (left != MAIN, left).cmp(&(right != MAIN, right)));
    found.dedup_by(|(left, _), (right, _)| left == right);
    found.truncate(MAX_DISKS);
    Some(found)
}

fn read(disk: &sysinfo::Disk) -> (String, Disk) {
    let (total, free) = (disk.total_space(), disk.available_space());
    let used = total.saturating_sub(free);
    let percent = Some(percent(used, used.saturating_add(free)));
    let mount = disk.mount_point().to_string_lossy().into_owned();
    (
        mount,
        Disk {
            total,
            used,
            free,
            percent,
        },
    )
}
