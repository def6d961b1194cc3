//! Watches the free space on the disk of the database. Samples are no longer written when the disk is nearly full, so
//! that deleting, sealing and other programs still have space to work.

use muster_store::{Disk, Store};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

const MIB: u64 = 1 << 20;

/// Watches the free space on the disk.
pub struct DiskGuard {
    store: Arc<dyn Store>,
    low: AtomicBool,
}

impl DiskGuard {
    /// Watches the disk of that store.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            low: AtomicBool::new(false),
        }
    }

    /// Whether the disk was nearly full at the last check.
    #[must_use]
    pub fn is_low(&self) -> bool {
        self.low.load(Ordering::Relaxed)
    }

    /// Checks the disk, logs a change, and returns whether samples may be written.
    pub async fn check(&self) -> bool {
        // If the free space is unknown, samples are written; a full disk then shows as a write error.
        let Some(disk) = self.store.disk().await else {
            self.low.store(false, Ordering::Relaxed);
            return true;
        };
        let low = is_low(disk, self.is_low());
        if self.low.swap(low, Ordering::Relaxed) != low {
            log_change(disk, low);
        }
        !low
    }
}

/// Space that stays free: 2 % of the disk, between 64 MiB and 1 GiB, but at most a quarter of a tiny disk.
pub fn reserve_bytes(disk: Disk) -> u64 {
    (disk.total_bytes / 50)
        .clamp(64 * MIB, 1024 * MIB)
        .min(disk.total_bytes / 4)
}

/// Hysteresis: once low, the disk needs a quarter more free space than the reserve, so that the state does not flap.
fn is_low(disk: Disk, was_low: bool) -> bool {
    let reserve = reserve_bytes(disk);
    let wanted = if was_low { reserve / 4 * 5 } else { reserve };
    disk.available_bytes < wanted
}

fn log_change(disk: Disk, low: bool) {
    let free_mib = disk.available_bytes / MIB;
    if low {
        tracing::error!(
            free_mib,
            resume_at_mib = reserve_bytes(disk) / 4 * 5 / MIB,
            "the disk of the database is nearly full; samples wait in memory"
        );
    } else {
        tracing::info!(
            free_mib,
            "the disk of the database has enough free space again; storing samples"
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
            assert!(is_low(disk(reserve_mib - 1, total_mib), false));
            assert!(!is_low(disk(reserve_mib, total_mib), false));
        }
    }

    #[test]
    fn resumes_only_with_room_to_spare() {
        assert!(is_low(disk(70, 1_000), true));
        assert!(!is_low(disk(80, 1_000), true));
    }
}
