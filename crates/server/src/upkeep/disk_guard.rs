//! Whether the disk of the database has room: samples stop being written before it is full, so that there
//! is room left for what frees room, and for what other programs must write.

use muster_store::{Disk, Store};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

const MIB: u64 = 1 << 20;

/// Looks after the room on the disk.
pub struct Room {
    store: Arc<dyn Store>,
    short: AtomicBool,
}

impl Room {
    /// The room around that store.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            short: AtomicBool::new(false),
        }
    }

    /// Whether there was too little room when last looked.
    #[must_use]
    pub fn is_short(&self) -> bool {
        self.short.load(Ordering::Relaxed)
    }

    /// Looks whether there is room to write, and says where that changed.
    pub async fn look(&self) -> bool {
        // A disk that tells nothing is written to; it then says itself when it is full.
        let Some(disk) = self.store.disk().await else {
            self.short.store(false, Ordering::Relaxed);
            return true;
        };
        let short = is_short(disk, self.is_short());
        if self.short.swap(short, Ordering::Relaxed) != short {
            tell(disk, short);
        }
        !short
    }
}

/// What must stay free: 64 MiB, or 2 % of a large disk, up to 1 GiB; never more than a quarter of a tiny one.
pub fn reserve_bytes(disk: Disk) -> u64 {
    (disk.total_bytes / 50)
        .clamp(64 * MIB, 1024 * MIB)
        .min(disk.total_bytes / 4)
}

/// Once short, it takes a quarter more to be roomy again: it must not change with each file that comes and
/// goes.
fn is_short(disk: Disk, was_short: bool) -> bool {
    let reserve = reserve_bytes(disk);
    let wanted = if was_short { reserve / 4 * 5 } else { reserve };
    disk.available_bytes < wanted
}

fn tell(disk: Disk, short: bool) {
    let free_mib = disk.available_bytes / MIB;
    if short {
        tracing::error!(
            "only {free_mib} MiB are free on the disk of the database: samples wait in memory until there are {} MiB",
            reserve_bytes(disk) / 4 * 5 / MIB
        );
    } else {
        tracing::info!(
            "{free_mib} MiB are free on the disk of the database: samples are stored again"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn disk(available_mib: u64, total_mib: u64) -> Disk {
        Disk {
            available_bytes: available_mib * MIB,
            total_bytes: total_mib * MIB,
        }
    }

    #[test]
    fn keeps_a_reserve_that_suits_the_disk() {
        for (total_mib, reserve_mib) in [(100, 25), (1_000, 64), (10_000, 200), (1_000_000, 1_024)]
        {
            assert_eq!(
                reserve_bytes(disk(0, total_mib)),
                reserve_mib * MIB,
                "{total_mib}"
            );
            assert!(is_short(disk(reserve_mib - 1, total_mib), false));
            assert!(!is_short(disk(reserve_mib, total_mib), false));
        }
    }

    #[test]
    fn resumes_only_with_room_to_spare() {
        assert!(is_short(disk(70, 1_000), true));
        assert!(!is_short(disk(80, 1_000), true));
    }
}
