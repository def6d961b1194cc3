//! A real full disk, and free space again: samples wait in memory in between.

use crate::history;
use crate::support::{Fleet, Server, alone, assert_verified, wait_until};
use muster_swarm::computer::now_ms;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const COMPUTERS: u32 = 50;
const INTERVAL: Duration = Duration::from_secs(2);

/// A small in-memory file system; unmounted on drop.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    /// `None` if this user may not mount one.
    fn new() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=48m", "tmpfs"]);
        let made = mount.arg(folder.path()).status();
        made.is_ok_and(|status| status.success())
            .then_some(Self(folder))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

/// Writes until the disk is full.
fn fill(path: &Path) {
    let mut file = File::create(path).unwrap();
    let block = [0xAA; 4096];
    while file.write_all(&block).is_ok() {}
}

#[test]
fn a_full_disk_loses_nothing_that_fits_into_memory() {
    let _alone = alone();
    let Some(disk) = SmallDisk::new() else {
        println!("not run: this user may not mount a small file system");
        return;
    };
    let folder = disk.0.path();
    let database = folder.join("stats.db");
    let fleet = Fleet::start(COMPUTERS, &[]);
    fleet.register(&database);
    let server = Server::start(folder, &["--interval", "2"]);
    let stored = || server.metric("muster_samples_stored_total ");
    wait_until(Duration::from_secs(30), "samples are stored", || {
        stored() >= 100
    });
    let junk = folder.join("junk");
    fill(&junk);
    wait_until(
        Duration::from_secs(10),
        "it says that it cannot store",
        || server.health().0 == 503,
    );
    let (_, said) = server.health();
    assert!(
        said.contains("disk of the database is nearly full"),
        "{said}"
    );
    let (answered, before) = (server.metric("muster_polls_answered_total "), stored());
    wait_until(Duration::from_secs(30), "agents go on being called", || {
        server.metric("muster_polls_answered_total ") >= answered + 200
    });
    assert!(
        stored() <= before + 2 * u64::from(COMPUTERS),
        "nothing is written meanwhile"
    );
    std::fs::remove_file(&junk).unwrap();
    wait_until(Duration::from_secs(10), "it stores again", || {
        server.health().0 == 200
    });
    let until_ms = now_ms().cast_signed();
    wait_until(
        Duration::from_secs(30),
        "all have a sample after that",
        || history::check(&database, COMPUTERS, until_ms, INTERVAL).is_ok(),
    );
    assert_eq!(server.metric("muster_samples_dropped_total "), 0);
    server.stop();
    let figures = history::check(&database, COMPUTERS, until_ms, INTERVAL).unwrap();
    assert_verified(folder);
    println!("disk full and free again: {figures:?}");
}
