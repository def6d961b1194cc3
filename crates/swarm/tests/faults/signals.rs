//! SIGTERM during sealing, a backup or a migration.

use crate::history::{self, with_runtime};
use crate::made;
use crate::support::{
    Random, Server, alone, assert_verified, muster, often, output, signal, wait_until,
};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, Executor as _};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

/// The number of samples; a sealed row and its copy in a chunk count once.
fn samples(database: &Path) -> i64 {
    let report = with_runtime(muster_store::sqlite::verify(database)).unwrap();
    i64::try_from(report.summary.samples).unwrap()
}

/// Rows of the Flask server's database, extended to some months.
const FLASK_ROWS: i64 = 203_931;

#[test]
#[ignore = "long: `make faults`"]
fn told_to_end_while_it_seals() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("stats.db");
    with_runtime(made::fill(&database, 60, false));
    let all = samples(&database);
    let mut random = Random::new();
    let mut sealed = 0;
    for _ in 0..often(6, 30) {
        let server = Server::start(folder.path(), &[]);
        let days = || history::number(&database, "SELECT count(*) FROM days");
        let before = days();
        wait_until(Duration::from_secs(30), "another day is sealed", || {
            days() > before || history::number(&database, "SELECT count(*) FROM stats") <= 1
        });
        std::thread::sleep(Duration::from_millis(random.below(300)));
        server.stop();
        assert_eq!(samples(&database), all);
        assert_verified(folder.path());
        sealed = days();
    }
    assert!(sealed > 0);
    println!("SIGTERM while it sealed: {all} samples, {sealed} days");
}

#[test]
#[ignore = "long: `make faults`"]
fn told_to_end_while_it_copies() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("stats.db");
    with_runtime(made::fill(&database, 60, false));
    let copies = folder.path().join("copies");
    let (mut random, mut proven) = (Random::new(), 0);
    for _ in 0..often(6, 30) {
        let server = Server::start(folder.path(), &["--backup-dir", "copies"]);
        std::thread::sleep(Duration::from_millis(random.below(1_500)));
        server.stop();
        let made = std::fs::read_dir(&copies)
            .into_iter()
            .flatten()
            .map(|entry| entry.unwrap().path());
        for copy in made.filter(|path| is_copy(path)) {
            let verified = output(
                folder.path(),
                &["verify", "--database", copy.to_str().unwrap()],
            );
            assert!(verified.status.success(), "{verified:?}");
            std::fs::remove_file(copy).unwrap();
            proven += 1;
        }
        assert_verified(folder.path());
    }
    println!("SIGTERM while it copied: {proven} copies, each whole");
}

/// Whether a file has the name of a finished copy.
fn is_copy(path: &Path) -> bool {
    let name = path.file_name().unwrap().to_string_lossy();
    name.starts_with("muster-") && name.ends_with(".db")
}

#[test]
#[ignore = "long: `make faults`"]
fn told_to_end_while_it_migrates() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("stats.db");
    let old = folder.path().join("old.db");
    let fixture = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../store/tests/fixtures/flask.db"
    );
    std::fs::copy(fixture, &old).unwrap();
    with_runtime(grow(&old));
    let (mut random, mut finished) = (Random::new(), 0);
    let ends = often(8, 40);
    for _ in 0..ends {
        std::fs::copy(&old, &database).unwrap();
        let mut command = muster(folder.path(), &["serve", "--listen", "127.0.0.1:0"]);
        let mut child = command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(random.below(4_000)));
        signal(child.id(), "-TERM");
        child.wait().unwrap();
        let is_new = history::number(&database, "SELECT user_version FROM pragma_user_version") > 0;
        assert_eq!(samples(&database), FLASK_ROWS);
        finished += u32::from(is_new);
        assert_verified(folder.path());
        start_over(folder.path());
    }
    println!("{ends} SIGTERM while it migrated: {finished} after the end");
}

fn start_over(folder: &Path) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.starts_with("stats.db") {
            std::fs::remove_file(path).unwrap();
        }
    }
}

/// Repeats the six hours of the fixture.
async fn grow(path: &Path) {
    let mut connection = SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(false)
        .connect()
        .await
        .unwrap();
    let statement = "WITH RECURSIVE turn (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM turn WHERE n < 90)
         INSERT INTO stats (computer_id, timestamp, cpu_percent, memory_total, memory_used, memory_percent,
            disk_total, disk_used, disk_percent, network_bytes_sent, network_bytes_recv)
         SELECT computer_id, datetime(timestamp, '+' || (n * 6) || ' hours'), cpu_percent, memory_total,
            memory_used, memory_percent, disk_total, disk_used, disk_percent, network_bytes_sent,
            network_bytes_recv FROM stats, turn";
    connection.execute(statement).await.unwrap();
    connection.close().await.unwrap();
}
