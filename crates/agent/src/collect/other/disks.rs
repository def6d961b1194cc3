//! Mounted file systems, read in the background because a network drive may never answer.

use crate::collect::background::{BackgroundReader, WaitBudget};
use crate::collect::rounding::percent;
use muster_wire::catalogue;
use muster_wire::{Disk, SystemInfo};
use sysinfo::DiskRefreshKind;

/// Maximum number of file systems that are reported.
const MAX_DISKS: usize = 64;

const STACK_BYTES: usize = 512 << 10;

/// The file system that is reported as the disk of the computer.
const MAIN: &str = if cfg!(windows) { "C:\\" } else { "/" };

/// The background reader.
pub struct Disks(Option<BackgroundReader<Vec<(String, Disk)>>>);

impl Disks {
    /// Starts the first read.
    pub fn new() -> Self {
        let reader = BackgroundReader::new(STACK_BYTES, list).ok();
        if let Some(reader) = &reader {
            reader.start_read();
        }
        Self(reader)
    }

    /// Adds the latest values, and starts another read.
    pub fn add_disks(&self, info: &mut SystemInfo) {
        let Some(reader) = &self.0 else { return };
        reader.start_read();
        for (mount, disk) in reader
            .latest_value(&mut WaitBudget::default())
            .unwrap_or_default()
        {
            if mount == MAIN {
                info.disk = Some(disk.clone());
            }
            let mount = mount.replace(' ', "_");
            info.series.push(
                catalogue::with_instance(catalogue::DISK_TOTAL, mount),
                disk.total,
            );
            info.series.push(
                catalogue::with_instance(catalogue::DISK_USED, mount),
                disk.used,
            );
            info.series.push(
                catalogue::with_instance(catalogue::DISK_FREE, mount),
                disk.free,
            );
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
