//! A power cut: the files as if writes since the last sync had reached the disk only in part.
//!
//! The server is stopped while its files are copied, so that the copy is consistent. Then the part of the log after
//! the last sync is torn: cut off anywhere, or with sectors of 512 bytes missing.

use crate::history;
use crate::support::{
    Fleet, Random, Server, alone, assert_verified, often, signal, wait, wait_until,
};
use muster_swarm::computer::now_ms;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

const COMPUTERS: u32 = 200;
const INTERVAL: Duration = Duration::from_secs(2);
const SECTOR: usize = 512;
const LOG_HEAD: usize = 32;
/// Size of a frame of the log: its head and a page.
const FRAME: usize = 24 + 4096;
/// Offset in the shared memory of the number of frames that may be in the database; these were synced.
const SYNCED_AT: usize = 128;

/// The files at one moment.
struct Moment {
    database: Vec<u8>,
    log: Vec<u8>,
    synced: usize,
}

impl Moment {
    fn of(server: &Server, database: &Path) -> Self {
        signal(server.id(), "-STOP");
        let read = |suffix| fs::read(beside(database, suffix)).unwrap_or_default();
        let shared = read("-shm");
        let frames = shared.get(SYNCED_AT..SYNCED_AT + 4);
        let frames = frames.map_or(0, |bytes| u32::from_ne_bytes(bytes.try_into().unwrap()));
        let moment = Self {
            database: read(""),
            log: read("-wal"),
            synced: LOG_HEAD + frames as usize * FRAME,
        };
        signal(server.id(), "-CONT");
        moment
    }

    /// Writes the files as a power cut would leave them, with this log.
    fn leave(&self, folder: &Path, log: &[u8]) -> PathBuf {
        let database = folder.join("stats.db");
        fs::write(&database, &self.database).unwrap();
        fs::write(beside(&database, "-wal"), log).unwrap();
        let _ = fs::remove_file(beside(&database, "-shm"));
        database
    }

    /// Tears the log; returns it with the position of the first changed byte.
    fn torn(&self, random: &mut Random) -> (Vec<u8>, usize) {
        let mut log = self.log.clone();
        let unsynced = log.len().saturating_sub(self.synced) as u64;
        let place = self.synced.min(log.len()) + random.below(unsynced) as usize;
        if random.below(2) == 0 {
            log.truncate(place);
            return (log, place);
        }
        let mut first = log.len();
        for _ in 0..=random.below(5) {
            let place = self.synced.min(log.len()) + random.below(unsynced) as usize;
            let sector = place / SECTOR * SECTOR;
            let end = (sector + SECTOR).min(log.len());
            let start = sector.max(self.synced);
            // Nothing is lost where the sector was all zeros anyway.
            if start < end && log[start..end].iter().any(|&byte| byte != 0) {
                log[start..end].fill(0);
                first = first.min(start);
            }
        }
        (log, first)
    }
}

fn beside(database: &Path, suffix: &str) -> PathBuf {
    format!("{}{suffix}", database.display()).into()
}

const COUNT: &str = "SELECT count(*) FROM stats";

/// Number of rows in the database with this log; the database must be intact.
fn count(moment: &Moment, folder: &Path, log: &[u8]) -> i64 {
    let database = moment.leave(folder, log);
    let is_whole = "SELECT integrity_check = 'ok' FROM pragma_integrity_check LIMIT 1";
    assert_eq!(history::number_of_writer(&database, is_whole), 1);
    history::number_of_writer(&database, COUNT)
}

#[test]
#[ignore = "long: `make faults`"]
fn after_a_power_cut_all_up_to_the_first_lost_sector_is_there_and_agents_give_the_rest() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("stats.db");
    let left = tempfile::tempdir().unwrap();
    let fleet = Fleet::start(COMPUTERS, &["--series", "60", "--keep-each", "2"]);
    fleet.register(&database);
    let arguments = ["--interval", "2"];
    let server = Server::start(folder.path(), &arguments);
    let mut random = Random::new();
    let (mut tried, mut lost_most) = (0, 0);
    let mut last = None;
    for _ in 0..often(10, 40) {
        let before = server.metric("muster_samples_stored_total ");
        wait_until(Duration::from_secs(30), "more samples are stored", || {
            server.metric("muster_samples_stored_total ") > before + 150
        });
        let moment = Moment::of(&server, &database);
        let all = count(&moment, left.path(), &moment.log);
        let least = count(
            &moment,
            left.path(),
            &moment.log[..moment.synced.min(moment.log.len())],
        );
        for _ in 0..often(4, 10) {
            let (log, first) = moment.torn(&mut random);
            let there = count(&moment, left.path(), &log);
            let whole_frames = &moment.log[..first.min(moment.log.len())];
            assert_eq!(there, count(&moment, left.path(), whole_frames));
            assert!(
                (least..=all).contains(&there),
                "{least} <= {there} <= {all}"
            );
            lost_most = lost_most.max(all - there);
            tried += 1;
        }
        last = Some(moment);
    }
    server.kill();
    let moment = last.unwrap();
    let (log, _) = moment.torn(&mut random);
    let database = moment.leave(left.path(), &log);
    let server = Server::start(left.path(), &arguments);
    let until_ms = now_ms().cast_signed() + 2_000;
    let figures = wait(Duration::from_secs(60), || {
        history::check(&database, COMPUTERS, until_ms, INTERVAL)
    });
    server.stop();
    assert_verified(left.path());
    println!(
        "{tried} power cuts, at most {lost_most} samples of the log lost; filled in: {figures:?}"
    );
}
