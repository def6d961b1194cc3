//! Repeated `kill -9` of a server whose computers keep readings: a thousand computers in the long form.

use crate::history;
use crate::support::{Fleet, Random, Server, alone, assert_verified, often, wait, wait_until};
use muster_swarm::computer::now_ms;
use std::time::{Duration, Instant};

#[test]
fn killed_at_random_moments_nothing_is_missing_and_nothing_doubled() {
    let _alone = alone();
    let (kills, computers, interval_s) = often((3, 200, 2), (100, 1_000, 4));
    let interval = Duration::from_secs(interval_s);
    let interval_s = interval_s.to_string();
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("stats.db");
    let fleet = Fleet::start(computers, &["--keep-each", &interval_s]);
    fleet.register(&database);
    let began = Instant::now();
    let start = || Server::start(folder.path(), &["--interval", &interval_s]);
    let mut random = Random::new();
    // The history of a computer starts with its first sample.
    let mut server = start();
    wait_until(
        Duration::from_secs(60),
        "all computers have a sample",
        || {
            history::number(&database, "SELECT count(DISTINCT computer_id) FROM stats")
                == i64::from(computers)
        },
    );
    for _ in 0..kills {
        // From before its first poll to the middle of the backfill.
        let lives = Duration::from_millis(random.below(3_000));
        std::thread::sleep(lives);
        server.kill();
        assert_eq!(integrity(&database), 1);
        server = start();
    }
    let until_ms = now_ms().cast_signed() + 4_000;
    let figures = wait(Duration::from_secs(120), || {
        history::check(&database, computers, until_ms, interval)
    });
    server.stop();
    history::check(&database, computers, until_ms, interval).unwrap();
    assert_verified(folder.path());
    println!("{kills} kills in {:?}: {figures:?}", began.elapsed());
}

fn integrity(database: &std::path::Path) -> i64 {
    history::number(
        database,
        "SELECT quick_check = 'ok' FROM pragma_quick_check LIMIT 1",
    )
}
