//! No file descriptor is left: for browsers, for agents, for the database.

use crate::history;
use crate::support::{Fleet, Server, alone, assert_verified, binary, prepare, wait_until};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const COMPUTERS: u32 = 100;
/// More than the files that a server may have open there.
const LARGE: u32 = 400;
const HEARD: &str = "SELECT count(DISTINCT computer_id) FROM stats";

/// How many computers have samples.
fn heard(database: &Path) -> i64 {
    history::number(database, HEARD)
}

#[test]
fn without_descriptors_it_goes_on_and_recovers() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("stats.db");
    let server = Server::start(folder.path(), &["--interval", "2"]);
    // Once it answers, it has raised its limit as far as it may.
    assert_eq!(server.health().0, 200);
    limit(&server, 50);
    let fleet = Fleet::start(COMPUTERS, &[]);
    fleet.register(&database);
    wait_until(Duration::from_secs(30), "some computers are heard", || {
        heard(&database) > 0
    });
    let idle: Vec<_> = (0..60)
        .map(|_| TcpStream::connect(&server.address))
        .collect();
    wait_until(Duration::from_secs(30), "it says what is missing", || {
        server.log().contains("Too many open files")
    });
    let count = "SELECT count(*) FROM stats";
    let before = history::number(&database, count);
    wait_until(
        Duration::from_secs(30),
        "who is connected goes on being heard",
        || history::number(&database, count) > before + 20,
    );
    assert!(
        heard(&database) < i64::from(COMPUTERS),
        "they would all fit"
    );
    drop(idle);
    limit(&server, 1_024);
    wait_until(Duration::from_secs(30), "all computers are heard", || {
        heard(&database) == i64::from(COMPUTERS)
    });
    assert_eq!(server.health().0, 200);
    server.stop();
    assert_verified(folder.path());
}

/// Sets how many files a server may have open; what it has stays open.
fn limit(server: &Server, files: u32) {
    let mut prlimit = Command::new("prlimit");
    prlimit.args([
        "--pid",
        &server.id().to_string(),
        &format!("--nofile={files}:"),
    ]);
    assert!(prlimit.status().unwrap().success());
}

#[test]
fn with_few_from_the_start_browsers_that_say_nothing_shut_nobody_out() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -n 64; exec \"$0\" serve --listen 127.0.0.1:0"]);
    command.arg(binary("muster"));
    prepare(&mut command, folder.path());
    let server = Server::run(command, folder.path());
    let idle: Vec<_> = (0..60)
        .map(|_| TcpStream::connect(&server.address))
        .collect();
    assert_eq!(server.health().0, 200);
    let session = server.session();
    assert_eq!(server.read(&session, "/api/overview").status, 200);
    drop(idle);
    server.stop();
}

#[test]
fn a_fleet_larger_than_the_files_that_may_be_open_is_called_whole() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("stats.db");
    let fleet = Fleet::start(LARGE, &[]);
    fleet.register(&database);
    let mut command = Command::new("sh");
    let serve = "ulimit -n 160; exec \"$0\" serve --listen 127.0.0.1:0 --interval 3";
    command.args(["-c", serve]).arg(binary("muster"));
    prepare(&mut command, folder.path());
    let server = Server::run(command, folder.path());
    wait_until(
        Duration::from_secs(60),
        "everybody is called thrice",
        || server.metric("muster_polls_answered_total ") >= u64::from(3 * LARGE),
    );
    assert_eq!(heard(&database), i64::from(LARGE));
    assert_eq!(
        server.metric("muster_polls_failed_total "),
        0,
        "{}",
        server.log()
    );
    // Some connections are kept, and those of the rest are closed.
    let open = server.metric("process_open_fds ");
    assert!((100..160).contains(&open), "{open}");
    server.stop();
}
