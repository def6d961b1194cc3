//! Another program locks the database for longer than the server waits for the lock.

use crate::history::{self, with_runtime};
use crate::support::{Fleet, Server, alone, assert_verified, wait_until};
use muster_swarm::computer::now_ms;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, Executor as _};
use std::time::Duration;

const COMPUTERS: u32 = 20;

#[test]
fn samples_wait_for_a_database_that_another_program_locks() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("stats.db");
    let fleet = Fleet::start(COMPUTERS, &[]);
    fleet.register(&database);
    let server = Server::start(folder.path(), &["--interval", "2"]);
    let stored = || server.metric("muster_samples_stored_total ");
    wait_until(Duration::from_secs(30), "samples are stored", || {
        stored() >= 40
    });
    with_runtime(async {
        let options = SqliteConnectOptions::new().filename(&database);
        let mut other = options.connect().await.unwrap();
        other.execute("BEGIN IMMEDIATE").await.unwrap();
        tokio::task::block_in_place(|| {
            wait_until(
                Duration::from_secs(20),
                "it says that it cannot store",
                || server.health().0 == 503,
            );
        });
        other.execute("ROLLBACK").await.unwrap();
        other.close().await.unwrap();
    });
    wait_until(Duration::from_secs(20), "it stores again", || {
        server.health().0 == 200
    });
    let until_ms = now_ms().cast_signed();
    let interval = Duration::from_secs(2);
    wait_until(
        Duration::from_secs(30),
        "all have a sample after that",
        || history::check(&database, COMPUTERS, until_ms, interval).is_ok(),
    );
    server.stop();
    let figures = history::check(&database, COMPUTERS, until_ms, interval).unwrap();
    assert_verified(folder.path());
    println!("locked by another program: {figures:?}");
}
