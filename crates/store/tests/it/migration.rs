//! A Flask database is migrated in place, and nothing of it is lost.

use crate::common::{
    FIRST_RELEASE, LAST_RELEASE, assert_value, beside, columns, computer, execute, files,
    folder_with, open_and_close, rows, set_mode, table, value,
};
use muster_store::sqlite::{Missing, SqliteStore};
use muster_store::{Accounts, Computers, Role, Samples, Status};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

/// 2025-11-19 18:00:00 UTC.
const FIRST_MS: i64 = 1_763_575_200_000;

const UNDATED: &str = "SELECT count(*) FROM stats WHERE timestamp_ms IS NULL";

async fn open(path: &Path) -> SqliteStore {
    SqliteStore::open(path, Missing::Refuse).await.unwrap()
}

#[tokio::test]
async fn every_old_value_is_what_it_was() {
    for fixture in [LAST_RELEASE, FIRST_RELEASE] {
        let (_folder, path) = folder_with(fixture);
        let fixture = Path::new(fixture);
        open_and_close(&path).await;
        for name in ["users", "stats", "processes", "computers"] {
            let mut old_columns = columns(fixture, name).await;
            assert_eq!(columns(&path, name).await[..old_columns.len()], old_columns);
            old_columns.retain(|column| !["last_seen", "status"].contains(&column.as_str()));
            if old_columns.is_empty() {
                continue;
            }
            let old = table(fixture, name, &old_columns).await;
            let new = table(&path, name, &old_columns).await;
            assert_eq!(new[..old.len()], old);
            assert_eq!(new.len() - old.len(), usize::from(name == "computers"));
        }
        assert_value(&path, "SELECT count(*) FROM stats", "2241").await;
    }
}

#[tokio::test]
async fn the_old_file_is_kept_beside_the_new_one() {
    let (_folder, path) = folder_with(LAST_RELEASE);
    set_mode(&path, 0o644);
    fs::write(beside(&path, ".before-muster"), "an earlier one").unwrap();
    fs::write(
        beside(&path, ".migrating"),
        "what a try that was killed left",
    )
    .unwrap();
    fs::write(beside(&path, ".migrating-journal"), "and its journal").unwrap();
    open_and_close(&path).await;
    let expected = [
        "stats.db",
        "stats.db.before-muster",
        "stats.db.before-muster.2",
        "stats.db.lock",
    ];
    assert_eq!(files(&path), expected);
    let kept = fs::read(beside(&path, ".before-muster.2")).unwrap();
    assert_eq!(kept, fs::read(LAST_RELEASE).unwrap());
    assert_eq!(
        fs::read(beside(&path, ".before-muster")).unwrap(),
        b"an earlier one"
    );
    for name in ["", ".before-muster.2"] {
        let metadata = fs::metadata(beside(&path, name)).unwrap();
        assert_eq!(
            (metadata.permissions().mode() & 0o777, metadata.nlink()),
            (0o640, 1)
        );
    }
    open_and_close(&path).await;
    assert_eq!(files(&path), expected);
}

#[tokio::test]
async fn all_three_ways_lead_to_one_schema() {
    let mut schemas = Vec::new();
    for fixture in [Some(LAST_RELEASE), Some(FIRST_RELEASE), None] {
        let (_folder, path) = folder_with(fixture.unwrap_or(LAST_RELEASE));
        if fixture.is_none() {
            fs::remove_file(&path).unwrap();
        }
        open_and_close(&path).await;
        let mut schema = rows(
            &path,
            "SELECT m.type, m.name, m.tbl_name, coalesce(i.name, ''), coalesce(i.type, ''), \
                coalesce(i.dflt_value, ''), quote(i.\"notnull\"), quote(i.pk), \
                iif(m.type = 'table', '', coalesce(m.sql, '')) \
             FROM sqlite_master m LEFT JOIN pragma_table_info(m.name) i \
             WHERE m.name NOT LIKE 'sqlite_stat%' ORDER BY m.type, m.name, i.cid",
        )
        .await;
        for pragma in [
            "user_version",
            "application_id",
            "auto_vacuum",
            "journal_mode",
        ] {
            schema.extend(
                rows(
                    &path,
                    &format!("SELECT CAST({pragma} AS TEXT) FROM pragma_{pragma}"),
                )
                .await,
            );
        }
        schemas.push(schema);
    }
    assert_eq!(schemas[0], schemas[2]);
    assert_eq!(schemas[1], schemas[2]);
    assert_eq!(schemas[0][schemas[0].len() - 1], ["wal"]);
}

#[tokio::test]
async fn samples_get_moments_and_none_is_lost_where_two_share_a_second() {
    let (_folder, path) = folder_with(LAST_RELEASE);
    let store = open(&path).await;
    assert_eq!(store.span(1).await.unwrap().unwrap().first_ms, FIRST_MS);
    assert_value(&path, UNDATED, "0").await;
    // Every row is in its own second, and rows of the same second keep their order.
    let odd = "SELECT count(*) FROM stats WHERE timestamp_ms / 1000 <> CAST(strftime('%s', timestamp) AS INTEGER)";
    assert_value(&path, odd, "0").await;
    let pushed = "SELECT group_concat(DISTINCT timestamp_ms % 1000) FROM stats";
    assert_value(&path, pushed, "'0,1'").await;
    let order = "SELECT count(*) FROM stats a JOIN stats b ON a.computer_id = b.computer_id \
        AND a.timestamp = b.timestamp AND a.id < b.id AND a.timestamp_ms >= b.timestamp_ms";
    assert_value(&path, order, "0").await;
    let samples = store.samples(2, 0, i64::MAX, 10_000).await.unwrap();
    let stored = value(&path, "SELECT count(*) FROM stats WHERE computer_id = 2").await;
    assert_eq!(samples.len().to_string(), stored);
    store.close().await;
}

#[tokio::test]
async fn what_is_left_of_a_removed_computer_gets_one_that_is_not_polled() {
    let (_folder, path) = folder_with(LAST_RELEASE);
    execute(
        &path,
        "INSERT INTO computers (name, url, token) VALUES ('removed computer 9', 'http://x', 't')",
    )
    .await;
    let store = open(&path).await;
    let computers = store.computers().await.unwrap();
    let adopted = computers.iter().find(|computer| computer.id == 9).unwrap();
    assert_eq!(
        (adopted.name.as_str(), adopted.url.as_str()),
        ("removed computer 9 (2)", "")
    );
    assert!(!adopted.polled);
    assert!(
        computers
            .iter()
            .filter(|computer| computer.id != 9)
            .all(|computer| computer.polled)
    );
    assert_eq!(store.samples(9, 0, i64::MAX, 100).await.unwrap().len(), 60);
    // Its number is not used again.
    assert_eq!(store.add_computer(&computer("new")).await.unwrap(), 10);
    store.close().await;
    let check = "SELECT count(*) FROM pragma_foreign_key_check";
    assert_value(&path, check, "0").await;
}

#[tokio::test]
async fn last_seen_is_what_the_rows_say() {
    let (_folder, path) = folder_with(LAST_RELEASE);
    let store = open(&path).await;
    let latest = store.latest().await.unwrap();
    let latest: BTreeMap<_, _> = latest
        .iter()
        .map(|s| (s.computer_id, s.timestamp_ms))
        .collect();
    for computer in store.computers().await.unwrap() {
        let state = computer.state;
        assert_eq!(state.last_seen_ms, latest.get(&computer.id).copied());
        assert_eq!((state.status, &state.reason), (Status::Offline, &None));
    }
    assert_value(
        &path,
        "SELECT last_seen FROM computers WHERE id = 1",
        "'2025-11-19 23:59:30.000000'",
    )
    .await;
    store.close().await;
}

#[tokio::test]
async fn accounts_become_administrators_and_the_default_password_is_known() {
    let (_folder, path) = folder_with(LAST_RELEASE);
    let store = open(&path).await;
    let users = store.users().await.unwrap();
    assert!(users.iter().all(|user| user.role == Role::Administrator));
    let flags: Vec<_> = users
        .iter()
        .map(|u| (u.username.as_str(), u.default_password))
        .collect();
    assert_eq!(flags, [("admin", true), ("oncall", false)]);
    store.close().await;
}

#[tokio::test]
async fn the_first_release_gets_rates_where_its_counters_tell_them() {
    let (_folder, path) = folder_with(FIRST_RELEASE);
    execute(
        &path,
        "INSERT INTO computers (id, name, url, token) VALUES (50, 'rates', '', '');
         INSERT INTO stats (computer_id, timestamp, network_bytes_sent, network_bytes_recv) VALUES
            (50, '2025-11-19 18:00:00', 1000, 1000), (50, '2025-11-19 18:00:30', 4000, 1000),
            (50, '2025-11-19 18:00:30', 5000, 1000), (50, '2025-11-19 18:01:00', 100, 2000),
            (50, '2025-11-19 18:06:00', 400, 2000), (50, '2025-11-19 18:11:01', 500, 2000),
            (50, '2025-11-19 18:11:31', NULL, 2000), (50, '2025-11-19 18:12:01', 600, 'x')",
    )
    .await;
    open_and_close(&path).await;
    let rates = rows(
        &path,
        "SELECT quote(network_sent_per_sec), quote(network_recv_per_sec) FROM stats \
         WHERE computer_id = 50 ORDER BY id",
    )
    .await;
    let none = ["NULL", "NULL"];
    // The first; 30 s later; its double; a counter that fell; 300 s later; 301 s later; no counters.
    let (fast, slow) = (["100.0", "0.0"], ["1.0", "0.0"]);
    let expected = [none, fast, none, none, slow, none, none, none];
    assert_eq!(rates, expected);
    // The first release stored the same counters as the last: its rates are those of neighbours.
    let first = "SELECT network_sent_per_sec = 25327.266666666666 FROM stats WHERE id = 4";
    assert_value(&path, first, "1").await;
}

#[tokio::test]
async fn odd_rows_are_kept_and_break_nothing() {
    let (_folder, path) = folder_with(LAST_RELEASE);
    execute(
        &path,
        "DROP TABLE processes;
         CREATE TABLE settings (theirs TEXT); INSERT INTO settings VALUES ('dark');
         CREATE VIEW busy AS SELECT * FROM stats WHERE cpu_percent > 50;
         CREATE INDEX theirs ON stats (timestamp);
         ALTER TABLE computers ADD COLUMN hostname TEXT;
         ALTER TABLE computers ADD COLUMN room TEXT;
         UPDATE computers SET hostname = 'old name', room = 'cellar';
         INSERT INTO computers (id, name, url, token, last_seen) VALUES (70, X'ff00', X'61', 12, 'never');
         INSERT INTO stats (computer_id, timestamp, cpu_percent, memory_used) VALUES
            (NULL, '2025-11-19 18:00:00', 1, 1), ('whose?', '2025-11-19 18:00:00', 1, 1),
            (70, 'yesterday', 2, 2), (70, 1763575200, 3, 3), (70, 'now', 3, 3), (70, NULL, 3, 3),
            (70, '2025-11-19T18:00:00.250Z', 'hot', X'00'), (70, '2025-11-19 20:00:00+01:00', 5, 5.5)",
    )
    .await;
    let store = open(&path).await;
    let computers = store.computers().await.unwrap();
    let odd = computers.iter().find(|computer| computer.id == 70).unwrap();
    assert_eq!((odd.url.as_str(), odd.token.as_str()), ("a", "12"));
    assert_eq!(odd.state.last_seen_ms, Some(FIRST_MS + 3_600_000));
    let samples = store.samples(70, 0, i64::MAX, 100).await.unwrap();
    let read: Vec<_> = samples
        .iter()
        .map(|s| (s.timestamp_ms - FIRST_MS, s.cpu_percent, s.memory_used))
        .collect();
    assert_eq!(read, [(250, None, None), (3_600_000, Some(5.0), Some(5))]);
    assert_eq!(store.latest().await.unwrap().len(), 5);
    store.close().await;
    assert_value(&path, "SELECT count(*) FROM stats", "2249").await;
    assert_value(&path, UNDATED, "4").await;
    assert_value(&path, "SELECT theirs FROM settings_before_muster", "'dark'").await;
    assert_value(
        &path,
        "SELECT hostname_before_muster FROM computers WHERE id = 1",
        "'old name'",
    )
    .await;
    assert_value(&path, "SELECT room FROM computers WHERE id = 1", "'cellar'").await;
    assert_ne!(value(&path, "SELECT count(*) FROM busy").await, "0");
    assert_value(
        &path,
        "SELECT count(*) FROM sqlite_master WHERE name = 'theirs'",
        "1",
    )
    .await;
    // Another start does not change them.
    open_and_close(&path).await;
    assert_value(&path, UNDATED, "4").await;
}

#[tokio::test]
async fn a_log_that_a_killed_server_left_is_folded_in() {
    let (_folder, path) = folder_with(LAST_RELEASE);
    let (_elsewhere, copy) = folder_with(LAST_RELEASE);
    let mut connection = crate::common::connect(&path).await;
    for statement in [
        "PRAGMA journal_mode = WAL",
        "PRAGMA wal_autocheckpoint = 0",
        "INSERT INTO stats (computer_id, timestamp) VALUES (1, '2025-11-20 00:00:00')",
    ] {
        sqlx::query(statement)
            .execute(&mut connection)
            .await
            .unwrap();
    }
    // The files at this moment are what a killed process leaves.
    fs::copy(&path, &copy).unwrap();
    fs::copy(beside(&path, "-wal"), beside(&copy, "-wal")).unwrap();
    let store = open(&copy).await;
    assert_eq!(
        store.span(1).await.unwrap().unwrap().last_ms,
        FIRST_MS + 6 * 3_600_000
    );
    store.close().await;
    assert_value(&copy, "SELECT count(*) FROM stats", "2242").await;
    assert_value(
        &beside(&copy, ".before-muster"),
        "SELECT count(*) FROM stats",
        "2242",
    )
    .await;
    assert_eq!(
        files(&copy),
        ["stats.db", "stats.db.before-muster", "stats.db.lock"]
    );
}

#[tokio::test]
async fn a_link_stays_a_link() {
    let (folder, path) = folder_with(LAST_RELEASE);
    let link = folder.path().join("link.db");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    open_and_close(&link).await;
    assert!(link.symlink_metadata().unwrap().is_symlink());
    assert_value(&path, "SELECT count(*) FROM sessions", "0").await;
}
