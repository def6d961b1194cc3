//! `kill -9` of the server, again and again, under a thousand computers that keep their readings.

use crate::history;
use crate::support::{Fleet, Random, Server, alone, assert_verified, often, wait, wait_until};
use muster_swarm::computer::now_ms;
use std::time::{Duration, Instant};

const COMPUTERS: u32 = 1_000;
const INTERVAL: Duration = Duration::from_secs(4);

#[test]
fn killed_at_random_moments_nothing_is_missing_and_nothing_doubled() {
    let _alone = alone();
    let kills = often(8, 100);
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("stats.db");
    let fleet = Fleet::start(COMPUTERS, &["--keep-each", &INTERVAL.as_secs().to_string()]);
    fleet.register(&database);
    let began = Instant::now();
    let start = || {
        Server::start(
            folder.path(),
            &["--interval", &INTERVAL.as_secs().to_string()],
        )
    };
    let mut random = Random::new();
    // What is asked of an agent begins with its first sample.
    let mut server = start();
    wait_until(
        Duration::from_secs(60),
        "all computers have a sample",
        || {
            history::number(&database, "SELECT count(DISTINCT computer_id) FROM stats")
                == i64::from(COMPUTERS)
        },
    );
    for _ in 0..kills {
        // From before its first call to in the midst of filling in.
        let lives = Duration::from_millis(random.below(often(5_000, 3_000)));
        std::thread::sleep(lives);
        server.kill();
        assert_eq!(integrity(&database), 1);
        server = start();
    }
    let until_ms = now_ms().cast_signed() + 4_000;
    let figures = wait(Duration::from_secs(120), || {
        history::check(&database, COMPUTERS, until_ms, INTERVAL)
    });
    server.stop();
    history::check(&database, COMPUTERS, until_ms, INTERVAL).unwrap();
    assert_verified(folder.path());
    println!("{kills} kills in {:?}: {figures:?}", began.elapsed());
}

fn integrity(database: &std::path::Path) -> i64 {
    history::number(
        database,
        "SELECT quick_check = 'ok' FROM pragma_quick_check LIMIT 1",
    )
}
