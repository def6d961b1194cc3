//! A disk that is really full, and later has space again.

use crate::common::computer;
use muster_store::sqlite::{Missing, SqliteStore, verify};
use muster_store::{Computers as _, Sample, Samples as _};
use std::path::Path;
use std::process::Command;

/// A small file system in memory.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    /// `None` if this user cannot mount one.
    fn new() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let disk = mount(folder.path(), "size=2m");
        disk.then(|| Self(folder))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn grow(&self) {
        assert!(mount(self.path(), "remount,size=64m"));
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount")
            .args(["-l".as_ref(), self.path()])
            .status();
    }
}

fn mount(path: &Path, options: &str) -> bool {
    let mut mount = Command::new("mount");
    mount
        .args(["-t", "tmpfs", "-o", options, "tmpfs"])
        .arg(path);
    mount.status().is_ok_and(|status| status.success())
}

fn samples(computer_id: i64, batch: i64) -> Vec<Sample> {
    let sample = |n| Sample {
        computer_id,
        timestamp_ms: batch * 100 + n,
        extra: Some(format!("{{\"x\":{}}}", "1".repeat(1_000))),
        ..Sample::default()
    };
    (0..100).map(sample).collect()
}

/// On a full disk SQLite rolls back by itself; without our check the connection could not begin another transaction.
#[tokio::test]
async fn writing_goes_on_once_there_is_room() {
    let Some(disk) = SmallDisk::new() else {
        eprintln!("not run: this user may not mount a small file system");
        return;
    };
    let path = disk.path().join("stats.db");
    let store = SqliteStore::open(&path, Missing::Create).await.unwrap();
    let id = store.add_computer(&computer("box")).await.unwrap();
    let mut stored = 0;
    let full = loop {
        match store.record(&samples(id, stored), &[], &[]).await {
            Ok(()) => stored += 1,
            Err(error) => break error,
        }
    };
    assert!(full.to_string().contains("full"), "{full}");
    for _ in 0..3 {
        assert!(store.record(&samples(id, stored), &[], &[]).await.is_err());
    }
    // Reads still work.
    assert_eq!(store.samples(id, 0, 100, 1_000).await.unwrap().len(), 100);
    disk.grow();
    store.record(&samples(id, stored), &[], &[]).await.unwrap();
    assert!(store.remove_computer(id, 1).await.unwrap().is_some());
    store.close().await;
    let report = verify(&path).await.unwrap();
    assert_eq!(report.problems, [""; 0]);
    assert_eq!(report.summary.samples, (stored.unsigned_abs() + 1) * 100);
}
