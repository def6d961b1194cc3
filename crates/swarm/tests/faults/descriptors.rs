//! The server runs out of file descriptors for browsers, agents and the database.

use crate::history;
use crate::support::{Fleet, Server, alone, assert_verified, binary, prepare, wait_until};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const COMPUTERS: u32 = 100;
/// More computers than the server may have open files.
const LARGE: u32 = 400;
/// Outages of computers that answer, and outages for lack of descriptors.
const BLAMED: &str = "SELECT count(*) FROM events WHERE kind = 'offline' \
    AND (computer_id IN (SELECT computer_id FROM stats) OR detail LIKE '%files%')";
const HEARD: &str = "SELECT count(DISTINCT computer_id) FROM stats";

/// Number of computers with samples.
fn heard(database: &Path) -> i64 {
    history::number(database, HEARD)
}

#[test]
#[ignore = "long: `make faults`"]
fn without_descriptors_it_goes_on_and_recovers() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("stats.db");
    let server = Server::start(folder.path(), &["--interval", "2"]);
    // Once it answers, it has raised its limit to the maximum.
    assert_eq!(server.health().0, 200);
    limit(&server, 50);
    let fleet = Fleet::start(COMPUTERS, &[]);
    fleet.register(&database);
    // Far fewer files than computers: idle connections are closed to make room, and all computers are polled.
    wait_until(Duration::from_secs(60), "all computers are heard", || {
        heard(&database) == i64::from(COMPUTERS)
    });
    let idle: Vec<_> = (0..60)
        .map(|_| TcpStream::connect(&server.address))
        .collect();
    wait_until(Duration::from_secs(30), "it says what is missing", || {
        server.log().contains("may not open more files")
    });
    let count = "SELECT count(*) FROM stats";
    let before = history::number(&database, count);
    wait_until(Duration::from_secs(60), "all go on being heard", || {
        history::number(&database, count) > before + 2 * i64::from(COMPUTERS)
    });
    assert_eq!(history::number(&database, BLAMED), 0, "{}", server.log());
    drop(idle);
    limit(&server, 1_024);
    assert_eq!(server.health().0, 200);
    server.stop();
    assert_verified(folder.path());
}

/// Sets how many files a server may have open; files that are already open stay so.
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
#[ignore = "long: `make faults`"]
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
#[ignore = "long: `make faults`"]
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
    // Some connections are kept, the others are closed.
    let open = server.metric("process_open_fds ");
    assert!((100..160).contains(&open), "{open}");
    server.stop();
}

/// A dead computer holds a connection until the deadline. Even with as many dead computers as allowed files, healthy
/// computers do not wait for a connection.
#[test]
#[ignore = "long: `make faults`"]
fn who_does_not_answer_takes_no_place_from_who_does() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("stats.db");
    let fleet = Fleet::start(LARGE, &["--faulty", "20", "--fault", "dead"]);
    fleet.register(&database);
    let mut command = Command::new("sh");
    let serve = "ulimit -n 128; exec \"$0\" serve --listen 127.0.0.1:0 --interval 3";
    command.args(["-c", serve]).arg(binary("muster"));
    prepare(&mut command, folder.path());
    let server = Server::run(command, folder.path());
    let healthy = u64::from(LARGE - LARGE / 5);
    wait_until(
        Duration::from_secs(120),
        "all who answer are called ten times",
        || server.metric("muster_polls_answered_total ") >= 10 * healthy,
    );
    assert_eq!(heard(&database), i64::try_from(healthy).unwrap());
    assert_eq!(history::number(&database, BLAMED), 0, "{}", server.log());
    server.stop();
}
