//! Backups of a database in use, and what `verify` reports about good and bad ones.

use crate::common::{
    FIRST_RELEASE, LAST_RELEASE, beside, computer, execute, files, folder_with, newest_schema,
    open_and_close,
};
use muster_store::sqlite::{DatabaseKind, Missing, SqliteStore, verify};
use muster_store::{Computers, Error, NewComputer, Sample, Samples};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// 2025-11-19 18:00:00 UTC.
const FIRST_MS: i64 = 1_763_575_200_000;

async fn open(path: &Path) -> SqliteStore {
    SqliteStore::open(path, Missing::Refuse).await.unwrap()
}

fn sample(timestamp_ms: i64) -> Sample {
    Sample {
        computer_id: 1,
        timestamp_ms,
        ..Sample::default()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_of_a_running_server() {
    let (folder, path) = folder_with(LAST_RELEASE);
    let store = open(&path).await;
    let target = folder.path().join("backup.db");
    let write = async {
        for batch in 0..50 {
            let samples: Vec<_> = (0..10).map(|n| sample(batch * 10 + n)).collect();
            store.record(&samples, &[], &[]).await.unwrap();
        }
    };
    let (summary, ()) = tokio::join!(store.backup(&target), write);
    let summary = summary.unwrap();
    // It contains whole batches: a snapshot of the database.
    assert_eq!(summary.samples % 10, 2241 % 10);
    assert_eq!((summary.accounts, summary.computers), (2, 4));
    assert_eq!(summary.bytes, fs::metadata(&target).unwrap().len());
    assert_eq!(
        fs::metadata(&target).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let expected = [
        "backup.db",
        "stats.db",
        "stats.db-shm",
        "stats.db-wal",
        "stats.db.before-muster",
        "stats.db.lock",
    ];
    assert_eq!(files(&path), expected);
    assert!(matches!(store.backup(&target).await, Err(Error::Exists(_))));
    let nowhere = folder.path().join("no/backup.db");
    assert!(matches!(
        store.backup(&nowhere).await,
        Err(Error::NoFolder(_))
    ));
    let restored = open(&target).await;
    let got = restored.computers().await;
    assert_eq!(got.unwrap(), store.computers().await.unwrap());
    restored.close().await;
    store.close().await;
}

#[tokio::test]
async fn a_bad_database_makes_no_backup() {
    let (folder, path) = folder_with(LAST_RELEASE);
    let store = open(&path).await;
    execute(&path, "INSERT INTO stats (computer_id) VALUES (777)").await;
    let target = folder.path().join("backup.db");
    let error = store.backup(&target).await.unwrap_err();
    assert!(
        error.to_string().contains("belong to no computer"),
        "{error}"
    );
    assert!(files(&path).iter().all(|name| !name.starts_with("backup")));
    store.close().await;
}

#[tokio::test]
async fn verify_knows_both_kinds_and_changes_neither() {
    for fixture in [LAST_RELEASE, FIRST_RELEASE] {
        let (_folder, path) = folder_with(fixture);
        let report = verify(&path).await.unwrap();
        assert_eq!((report.kind, report.schema), (Some(DatabaseKind::Flask), 0));
        assert_eq!(report.problems, Vec::<String>::new());
        assert!(report.notes[0].starts_with("60 samples belong to deleted computers"));
        assert_eq!(
            (report.summary.samples, report.summary.computers),
            (2241, 3)
        );
        assert_eq!(report.summary.first_ms, Some(FIRST_MS));
        assert_eq!(fs::read(&path).unwrap(), fs::read(fixture).unwrap());
        assert_eq!(files(&path), ["stats.db"]);
        open_and_close(&path).await;
        let before = fs::read(&path).unwrap();
        let report = verify(&path).await.unwrap();
        assert_eq!(report.kind, Some(DatabaseKind::Muster));
        assert_eq!(report.schema, newest_schema());
        assert_eq!((report.problems.len(), report.notes.len()), (0, 0));
        assert_eq!(
            (report.summary.samples, report.summary.first_ms),
            (2241, Some(FIRST_MS))
        );
        assert_eq!(fs::read(&path).unwrap(), before);
    }
    assert!(matches!(
        verify(Path::new("nowhere.db")).await,
        Err(Error::NotFound(_))
    ));
}

#[tokio::test]
async fn verify_says_what_is_wrong() {
    let (_folder, path) = folder_with(LAST_RELEASE);
    open_and_close(&path).await;
    execute(
        &path,
        "UPDATE users SET role = 'king'; DELETE FROM revisions;
         UPDATE stats SET extra = 'oops' WHERE id = 1; UPDATE stats SET extra = '[1]' WHERE id = 2;
         UPDATE stats SET timestamp_ms = 'noon' WHERE id = 3;
         UPDATE stats SET computer_id = 777 WHERE id = 4;
         UPDATE stats SET timestamp_ms = NULL WHERE id = 5;
         UPDATE computers SET name = X'00' WHERE id = 1;
         INSERT INTO sessions (key, user_id, created_ms, used_ms) VALUES (X'00', 777, 0, 0);
         UPDATE processes SET computer_id = 777",
    )
    .await;
    let report = verify(&path).await.unwrap();
    for expected in [
        "1 samples belong to no computer",
        "3 processes belong to no computer",
        "1 sessions belong to no account",
        "2 samples have an `extra` that is not a JSON object",
        "1 samples have a moment that is not a number",
        "1 computers have a name",
        "1 revision of the computers is missing",
        "1 database without an administrator",
        "accounts have the unknown role \"king\"",
    ] {
        assert!(
            report
                .problems
                .iter()
                .any(|said| said.starts_with(expected)),
            "{expected}: {report:#?}"
        );
    }
    assert_eq!(report.problems.len(), 9, "{report:#?}");
    assert!(report.notes[0].starts_with("1 samples have no moment"));
}

#[tokio::test]
async fn verify_finds_a_broken_page() {
    let (_folder, path) = folder_with(LAST_RELEASE);
    open_and_close(&path).await;
    fs::remove_file(beside(&path, ".before-muster")).unwrap();
    let mut content = fs::read(&path).unwrap();
    let middle = content.len() / 2 / 4096 * 4096;
    content[middle..middle + 4096].fill(0x5a);
    fs::write(&path, content).unwrap();
    let report = verify(&path).await.unwrap();
    assert!(
        report
            .problems
            .iter()
            .any(|said| said.starts_with("SQLite: ")),
        "{report:#?}"
    );
}

/// After a crash the log of the previous database is beside the path, and SQLite would write it into the backup.
#[tokio::test]
async fn a_backup_in_the_place_of_a_crashed_database_is_what_it_was() {
    let (_folder, path) = folder_with(LAST_RELEASE);
    let store = open(&path).await;
    let backup = beside(&path, "backup");
    let before = store.backup(&backup).await.unwrap();
    for n in 0..50 {
        let computer = NewComputer {
            token: "t".repeat(4_000),
            ..computer(&n.to_string())
        };
        store.add_computer(&computer).await.unwrap();
    }
    let log = path.with_file_name("stats.db-wal");
    let left: Vec<u8> = fs::read(&log).unwrap();
    assert!(left.len() > 100_000);
    store.close().await;
    fs::copy(&backup, &path).unwrap();
    fs::write(&log, &left).unwrap();
    assert_eq!(verify(&path).await.unwrap().problems, [""; 0]);
    let store = open(&path).await;
    assert_eq!(
        store.computers().await.unwrap().len() as u64,
        before.computers
    );
    store.close().await;
    assert_eq!(verify(&path).await.unwrap().summary.samples, before.samples);
    assert_eq!(
        fs::read(path.with_file_name("stats.db.stale-wal")).unwrap(),
        left
    );
    // From now on it is a normal database with its own log.
    let store = open(&path).await;
    assert_eq!(
        store.computers().await.unwrap().len() as u64,
        before.computers
    );
    store.close().await;
}

#[tokio::test]
async fn a_database_that_is_replaced_meanwhile_is_noticed() {
    let (_folder, path) = folder_with(LAST_RELEASE);
    let store = open(&path).await;
    let aside = beside(&path, "aside");
    fs::rename(&path, &aside).unwrap();
    let gone = store.record(&[sample(5)], &[], &[]).await;
    assert!(matches!(gone, Err(Error::Replaced(_))));
    fs::rename(&aside, &path).unwrap();
    store.record(&[sample(5)], &[], &[]).await.unwrap();
    store.close().await;
}

#[tokio::test]
async fn a_pipe_is_no_database() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&path).status();
    assert!(made.unwrap().success());
    let opened = SqliteStore::open(&path, Missing::Create).await;
    assert!(matches!(opened, Err(Error::NotADatabase(..))));
    assert!(matches!(verify(&path).await, Err(Error::NotADatabase(..))));
}
