//! Size and usage of a file system, computed like psutil 7.

use crate::collect::rounding::percent;
use muster_wire::catalogue;
use muster_wire::{Disk, Series};
use std::io;
use std::path::Path;

/// Reads the usage of the file system at this path. A network file system may never answer.
pub fn read_usage(path: &Path) -> io::Result<Disk> {
    let stat = rustix::fs::statvfs(path)?;
    Ok(from_blocks(
        stat.f_blocks,
        stat.f_bfree,
        stat.f_bavail,
        stat.f_frsize,
    ))
}

/// `free_blocks` includes blocks reserved for root, `available_blocks` does not.
fn from_blocks(blocks: u64, free_blocks: u64, available_blocks: u64, block_bytes: u64) -> Disk {
    let bytes = |blocks: u64| blocks.saturating_mul(block_bytes);
    let used = bytes(blocks.saturating_sub(free_blocks));
    let free = bytes(available_blocks);
    Disk {
        total: bytes(blocks),
        used,
        free,
        percent: Some(percent(used, used.saturating_add(free))),
    }
}

/// Adds the series of one mounted file system.
pub fn add_series(mount: &str, disk: &Disk, series: &mut Series) {
    series.push(
        catalogue::with_instance(catalogue::DISK_TOTAL, mount),
        disk.total,
    );
    series.push(
        catalogue::with_instance(catalogue::DISK_USED, mount),
        disk.used,
    );
    series.push(
        catalogue::with_instance(catalogue::DISK_FREE, mount),
        disk.free,
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_reserved_for_root_are_neither_used_nor_free() {
        let disk = from_blocks(1000, 500, 400, 4096);
        assert_eq!(
            (disk.total, disk.used, disk.free),
            (4_096_000, 2_048_000, 1_638_400)
        );
        assert_eq!(disk.percent, Some(55.6));
    }

    #[test]
    fn odd_file_systems_do_not_overflow() {
        assert_eq!(from_blocks(0, 0, 0, 0).percent, Some(0.0));
        assert_eq!(from_blocks(1, 2, u64::MAX, 4096).used, 0);
        assert_eq!(from_blocks(u64::MAX, 0, u64::MAX, 4096).total, u64::MAX);
    }
}
