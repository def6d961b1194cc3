//! The clock of the server, and that of an agent, is set forward and back by an hour.
//!
//! libfaketime fakes the time, if it is installed (`apt-get install faketime`); the programs do not know of it.

use crate::history;
use crate::support::{Agent, Fleet, Server, alone, assert_verified, muster, wait, wait_until};
use muster_swarm::computer::now_ms;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const COMPUTERS: u32 = 20;
const INTERVAL: Duration = Duration::from_secs(2);
const HOUR_MS: i64 = 3_600_000;

/// A fake clock for a program.
struct FakeClock(PathBuf);

impl FakeClock {
    /// `None` without libfaketime.
    fn new(folder: &Path) -> Option<Self> {
        library()?;
        let clock = Self(folder.join("clock"));
        clock.set("+0");
        Some(clock)
    }

    /// Sets how far the clock is ahead.
    fn set(&self, ahead: &str) {
        let next = self.0.with_extension("next");
        std::fs::write(&next, ahead).unwrap();
        std::fs::rename(next, &self.0).unwrap();
    }

    fn give(&self, command: &mut Command) {
        command
            .env("LD_PRELOAD", library().unwrap_or_default())
            .env("FAKETIME_TIMESTAMP_FILE", &self.0)
            .env("FAKETIME_NO_CACHE", "1")
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
            .env("DONT_FAKE_MONOTONIC", "1");
    }
}

fn library() -> Option<PathBuf> {
    let folders = ["x86_64-linux-gnu", "aarch64-linux-gnu", "."];
    let mut paths = folders.iter().map(|folder| {
        Path::new("/usr/lib")
            .join(folder)
            .join("faketime/libfaketimeMT.so.1")
    });
    let found = paths.find(|path| path.exists());
    if found.is_none() {
        println!("not run: libfaketime is not here (apt-get install faketime)");
    }
    found
}

#[test]
#[ignore = "long: `make faults`"]
fn the_servers_clock_is_set_and_nothing_is_lost_or_doubled() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let Some(clock) = FakeClock::new(folder.path()) else {
        return;
    };
    let database = folder.path().join("stats.db");
    let fleet = Fleet::start(COMPUTERS, &["--keep-each", "2"]);
    fleet.register(&database);
    let mut command = muster(
        folder.path(),
        &["serve", "--listen", "127.0.0.1:0", "--interval", "2"],
    );
    clock.give(&mut command);
    let server = Server::run(command, folder.path());
    for (ahead, ahead_ms) in [
        ("+0", 0),
        ("+3600", HOUR_MS),
        ("-3600", -HOUR_MS),
        ("+0", 0),
    ] {
        clock.set(ahead);
        let set_ms = now_ms().cast_signed();
        wait_until(
            Duration::from_secs(40),
            "each has three samples by that clock",
            || {
                let from_ms = set_ms + ahead_ms;
                let statement = format!(
                    "SELECT count(*) FROM (SELECT computer_id FROM stats WHERE timestamp_ms \
                 BETWEEN {from_ms} AND {} GROUP BY computer_id HAVING count(*) >= 3)",
                    from_ms + 60_000
                );
                history::number(&database, &statement) == i64::from(COMPUTERS)
            },
        );
        assert_eq!(server.health().0, 200, "{ahead}");
    }
    let overview = server.read(&server.session(), "/api/overview");
    assert_eq!(
        overview.body.matches("\"online\"").count(),
        COMPUTERS as usize
    );
    server.stop();
    let figures = history::check_readings(&database, COMPUTERS, INTERVAL).unwrap();
    assert_verified(folder.path());
    println!("the server's clock, set three times: {figures:?}");
}

#[test]
#[ignore = "long: `make faults`"]
fn an_agents_clock_is_set_and_its_readings_keep_their_moments() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let Some(clock) = FakeClock::new(folder.path()) else {
        return;
    };
    let database = folder.path().join("stats.db");
    let agent = Agent::start(folder.path(), |command| clock.give(command));
    agent.register(folder.path());
    let start = || Server::start(folder.path(), &["--interval", "2"]);
    let began_ms = now_ms().cast_signed();
    let mut server = start();
    let moments = || history::moments(&database);
    wait_until(Duration::from_secs(30), "it is heard", || {
        moments().len() >= 3
    });
    for ahead in ["+3600", "-3600"] {
        server.kill();
        clock.set(ahead);
        // The outage lasts for some readings, which the agent keeps.
        std::thread::sleep(INTERVAL * 4);
        server = start();
        let back_ms = now_ms().cast_signed() + 3_000;
        wait(Duration::from_secs(40), || {
            history::check_moments(&moments(), (began_ms, back_ms), INTERVAL)
        });
    }
    let filled = "SELECT count(*) FROM stats WHERE extra LIKE '%sample.filled_in%'";
    assert!(history::number(&database, filled) >= 4);
    server.stop();
    let moments = history::moments(&database);
    assert!(
        moments
            .iter()
            .all(|&ms| ms >= began_ms && ms <= now_ms().cast_signed())
    );
    assert_verified(folder.path());
    println!("an agent's clock, set twice: {} samples", moments.len());
}
