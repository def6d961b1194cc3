//! Other programs: Python's sqlite3 reads the file beside the server, and inserts rows while no server runs.

use crate::common::{assert_value, computer, execute, open_and_close};
use muster_store::sqlite::{Missing, SqliteStore};
use muster_store::{
    Accounts, ComputerChange, ComputerState, Computers, EventKind, Events, Sample, Samples,
};
use std::path::{Path, PathBuf};
use std::process::Command;

fn python(path: &Path, script: &str) -> String {
    let begin = "import sqlite3, sys\nconnection = sqlite3.connect(sys.argv[1])\n";
    let end = "\nconnection.commit()\nconnection.close()";
    let output = Command::new("python3")
        .args(["-c", &format!("{begin}{script}{end}")])
        .arg(path)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

async fn open(path: &Path) -> SqliteStore {
    SqliteStore::open(path, Missing::Create).await.unwrap()
}

fn new_path() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stats.db");
    (folder, path)
}

const ADD: &str = "connection.execute(\"INSERT INTO computers (name, url, token) VALUES ('box', 'http://box:8000', 't')\")";

/// The last process that closes a database deletes its log; another program must not believe that it is the last.
#[tokio::test]
async fn a_script_that_ends_leaves_the_server_its_log() {
    let (folder, path) = new_path();
    open_and_close(&path).await;
    let store = open(&path).await;
    store.backup(&folder.path().join("copy.db")).await.unwrap();
    python(
        &path,
        "connection.execute('SELECT count(*) FROM stats').fetchone()",
    );
    let log = folder.path().join("stats.db-wal");
    assert!(log.exists());
    store.add_computer(&computer("box")).await.unwrap();
    let known = python(
        &path,
        "print(connection.execute('SELECT name FROM computers').fetchall())",
    );
    assert_eq!(known, "[('box',)]");
    std::fs::rename(&log, folder.path().join("elsewhere")).unwrap();
    let event = muster_store::Event {
        computer_id: None,
        at_ms: 1,
        kind: muster_store::EventKind::ServerStarted,
        reason: None,
        interval_ms: None,
    };
    let told = store
        .record(&[], &[], &[event])
        .await
        .unwrap_err()
        .to_string();
    assert!(
        told.contains("stats.db-wal was deleted or replaced"),
        "{told}"
    );
}

#[tokio::test]
async fn computers_inserted_while_no_server_ran_are_adopted() {
    let (_folder, path) = new_path();
    let store = open(&path).await;
    let before = store.computers_revision().await.unwrap();
    store.close().await;
    python(&path, ADD);
    for start in 0..2 {
        let store = open(&path).await;
        assert_eq!(store.computers_revision().await.unwrap(), before + 1);
        let computer = store.computers().await.unwrap().remove(0);
        assert_eq!((computer.name.as_str(), computer.polled), ("box", true));
        let events = store
            .events(Some(computer.id), 0, i64::MAX, 10)
            .await
            .unwrap();
        let kinds: Vec<_> = events.iter().map(|event| event.kind).collect();
        assert_eq!(kinds, [EventKind::Added], "{start}");
        store.close().await;
    }
    // The Flask server replaced a computer of the same name.
    python(&path, &ADD.replace("INSERT", "INSERT OR REPLACE"));
    let store = open(&path).await;
    assert_eq!(store.computers_revision().await.unwrap(), before + 2);
    assert_eq!(store.computers().await.unwrap()[0].id, 2);
    store.close().await;
}

/// As `muster computer` does.
#[tokio::test]
async fn a_running_server_notices_what_a_command_changes() {
    let (_folder, path) = new_path();
    let (server, command) = (open(&path).await, open(&path).await);
    let mut last = server.computers_revision().await.unwrap();
    let mut grew = async || {
        let now = server.computers_revision().await.unwrap();
        std::mem::replace(&mut last, now) < now
    };
    let id = command.add_computer(&computer("box")).await.unwrap();
    assert!(grew().await);
    let change = ComputerChange {
        token: Some("u".into()),
        ..ComputerChange::default()
    };
    assert!(command.change_computer(id, &change).await.unwrap());
    assert!(grew().await);
    command.remove_computer(id, 5).await.unwrap();
    assert!(grew().await);
    command.restore_computer(id, 5, None).await.unwrap();
    assert!(grew().await);
    assert!(!command.change_computer(77, &change).await.unwrap());
    assert!(!grew().await);
}

#[tokio::test]
async fn a_script_reads_what_the_server_writes() {
    let (_folder, path) = new_path();
    let store = open(&path).await;
    let id = store.add_computer(&computer("box")).await.unwrap();
    let sample = Sample {
        computer_id: id,
        timestamp_ms: 1_763_575_200_999,
        cpu_percent: Some(2.8),
        ..Sample::default()
    };
    store.record(&[sample], &[], &[]).await.unwrap();
    let read = "print(connection.execute('SELECT timestamp, cpu_percent, network_sent_per_sec FROM stats').fetchall())";
    assert_eq!(python(&path, read), "[('2025-11-19 18:00:00', 2.8, None)]");
    assert_eq!(
        python(
            &path,
            "print(connection.execute('PRAGMA integrity_check').fetchone()[0])"
        ),
        "ok"
    );
    store.close().await;
    assert!(!crate::common::beside(&path, "-wal").exists());
    assert_eq!(python(&path, read), "[('2025-11-19 18:00:00', 2.8, None)]");
}

#[tokio::test]
async fn samples_and_accounts_inserted_while_no_server_ran_are_adopted() {
    let (_folder, path) = new_path();
    let store = open(&path).await;
    let id = store.add_computer(&computer("box")).await.unwrap();
    let taken = Sample {
        computer_id: id,
        timestamp_ms: 1_763_575_200_001,
        ..Sample::default()
    };
    store.record(&[taken], &[], &[]).await.unwrap();
    store.close().await;
    python(
        &path,
        "for cpu in range(5):\n    connection.execute(\"INSERT INTO stats (computer_id, timestamp, cpu_percent) \
            VALUES (1, '2025-11-19 18:00:00', ?)\", (cpu,))\n\
         connection.execute(\"INSERT INTO stats (computer_id, cpu_percent) VALUES (1, 50)\")\n\
         connection.execute(\"INSERT INTO stats (computer_id, timestamp) VALUES (1, 'some day')\")\n\
         connection.execute(\"INSERT INTO stats (computer_id, timestamp_ms, cpu_percent) VALUES (1, 1763575200050, 6)\")\n\
         connection.execute(\"INSERT INTO stats (computer_id, timestamp, timestamp_ms, cpu_percent) \
            VALUES (1, '2025-11-19 18:00:00.060', 'noon', 7)\")\n\
         connection.execute(\"INSERT INTO users (username, password_hash) VALUES ('script', \
            '240be518fabd2724ddb6f04eeb1da5967448d7e831c08c8fa822809f74c720a9')\")",
    );
    let store = open(&path).await;
    let samples = store.samples(id, 0, 1_763_575_200_100, 100).await.unwrap();
    let read: Vec<_> = samples
        .iter()
        .map(|s| (s.timestamp_ms % 100, s.cpu_percent))
        .collect();
    let cpu = |number: i32| Some(f64::from(number));
    let expected = [
        (0, cpu(0)),
        (1, None),
        (2, cpu(1)),
        (3, cpu(2)),
        (4, cpu(3)),
        (5, cpu(4)),
        (50, cpu(6)),
        (60, cpu(7)),
    ];
    assert_eq!(read, expected);
    assert_eq!(store.samples(id, 0, i64::MAX, 100).await.unwrap().len(), 9);
    assert!(
        store
            .user_named("script")
            .await
            .unwrap()
            .unwrap()
            .default_password
    );
    assert_value(&path, "SELECT count(*) FROM stats", "10").await;
    store.close().await;
}

#[tokio::test]
async fn ids_are_not_used_twice() {
    let (_folder, path) = new_path();
    let store = open(&path).await;
    assert_eq!(store.add_computer(&computer("box")).await.unwrap(), 1);
    execute(&path, "DELETE FROM computers").await;
    assert_eq!(store.add_computer(&computer("next")).await.unwrap(), 2);
    store.close().await;
}

#[tokio::test]
async fn last_seen_is_never_older_than_the_newest_sample() {
    let (_folder, path) = new_path();
    let store = open(&path).await;
    let id = store.add_computer(&computer("box")).await.unwrap();
    let state = |last_seen_ms| ComputerState {
        id,
        last_seen_ms: Some(last_seen_ms),
        ..ComputerState::default()
    };
    let done = store.record(&[], &[state(1_763_575_200_000)], &[]).await;
    done.unwrap();
    let column = "SELECT last_seen FROM computers";
    assert_value(&path, column, "'2025-11-19 18:00:00.000000'").await;
    // As after a crash: the state of the last sample was not written.
    let sample = Sample {
        computer_id: id,
        timestamp_ms: 1_763_575_260_000,
        ..Sample::default()
    };
    store.record(&[sample], &[], &[]).await.unwrap();
    store.close().await;
    let store = open(&path).await;
    assert_eq!(
        *store.computers().await.unwrap()[0].state,
        state(1_763_575_260_000)
    );
    store.close().await;
}
