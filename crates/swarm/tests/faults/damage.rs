//! Damage anywhere in a database file is detected and reported, and the rest is still readable.

use crate::history::with_runtime;
use crate::made::{self, DAY_MS, START_MS};
use crate::support::{Random, Server, alone, muster, often, output};
use muster_store::sqlite::{Missing, SqliteStore, verify};
use muster_store::{ChartQuery, Samples as _};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, Row as _};
use std::path::Path;
use std::process::Stdio;

const PLACES: usize = 200;
const DAYS: i64 = 70;

/// All of the history in daily buckets; `None` if the database cannot be opened.
async fn history(path: &Path) -> Option<Vec<Vec<(u32, f64)>>> {
    let store = SqliteStore::open(path, Missing::Refuse).await.ok()?;
    let query = ChartQuery {
        computer_id: 1,
        from_ms: START_MS,
        to_ms: START_MS + DAYS * DAY_MS,
        points: DAYS as u32,
        series: ["cpu_percent", "network_bytes_sent", "load.1m"]
            .map(str::to_owned)
            .into(),
    };
    let chart = store.chart(&query).await;
    let _samples = store.samples(1, i64::MIN, i64::MAX, u32::MAX).await;
    let _moments = store.moments(1, i64::MIN, i64::MAX).await;
    let _names = store.extra_names(1, i64::MIN, i64::MAX).await;
    store.close().await;
    let add = |buckets: &muster_history::Buckets| {
        let buckets = buckets.buckets().iter();
        buckets
            .map(|bucket| bucket.map_or((0, 0.0), |bucket| (bucket.count, bucket.avg())))
            .collect()
    };
    Some(chart.ok()?.iter().map(add).collect())
}

#[test]
#[ignore = "long: `make faults`"]
fn damage_in_any_place_is_found_where_it_matters_and_ends_nothing() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let (whole, path) = (
        folder.path().join("whole.db"),
        folder.path().join("stats.db"),
    );
    with_runtime(made::fill(&whole, DAYS, true));
    let bytes = std::fs::read(&whole).unwrap();
    let expected = with_runtime(history(&whole)).unwrap();
    let mut random = Random::new();
    let served = often(20, PLACES);
    let (mut changed, mut found, mut refused) = (0, 0, 0);
    for turn in 0..PLACES {
        let place = random.below(bytes.len() as u64) as usize;
        let mut damaged = bytes.clone();
        damaged[place] ^= 1 + random.below(255) as u8;
        start_with(&path, &damaged);
        let report = with_runtime(verify(&path));
        let is_found = report
            .as_ref()
            .map_or(true, |report| !report.problems.is_empty());
        let read = with_runtime(history(&path));
        let differs = read.as_ref() != Some(&expected);
        assert!(
            !differs || is_found,
            "byte {place}: what is read differs, and verify finds nothing"
        );
        changed += u32::from(differs);
        found += u32::from(is_found);
        if turn < served {
            start_with(&path, &damaged);
            refused += u32::from(!serves(folder.path(), &format!("byte {place}")));
        }
    }
    println!(
        "{PLACES} places: verify found {found}, history differed in {changed}; \
         of {served} servers {refused} refused to start"
    );
}

fn start_with(path: &Path, bytes: &[u8]) {
    for suffix in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{suffix}", path.display()));
    }
    std::fs::write(path, bytes).unwrap();
}

/// Whether a server starts with the database. If so, it must answer without a panic; if not, it must say why.
fn serves(folder: &Path, what: &str) -> bool {
    let mut probe = muster(folder, &["user", "list"]);
    let opened = probe.stdout(Stdio::null()).output().unwrap();
    let said = String::from_utf8_lossy(&opened.stderr).into_owned();
    assert!(!said.contains("panicked"), "{what}: {said}");
    if !opened.status.success() {
        assert!(said.starts_with("muster: "), "{what}: {said}");
        return false;
    }
    let server = Server::start(folder, &[]);
    assert_eq!(server.health().0, 200, "{what}");
    if let Some(session) = server.session_or_none() {
        let end_s = START_MS / 1000 + DAYS * 86_400;
        for path in [
            format!(
                "/api/history/1?from={}&to={end_s}&points=100",
                START_MS / 1000
            ),
            format!(
                "/api/history/1?from={}&to={end_s}&points=10",
                end_s - 86_400
            ),
            format!("/api/completeness/1?from={}&to={end_s}", START_MS / 1000),
            "/api/overview".to_owned(),
        ] {
            let answer = server.read(&session, &path);
            let is_told = || !output(folder, &["verify"]).status.success();
            // Rows have no checksum, so a changed digit may give the computer another id.
            let is_gone = answer.status == 404;
            let is_well = answer.status == 200 || is_gone || (answer.status >= 400 && is_told());
            assert!(is_well, "{what}, {path}: {}", answer.body);
        }
    }
    server.stop();
    true
}

/// Damages the timestamps in the chunks of one day, which is not in the last month.
async fn damage_day(path: &Path) -> i64 {
    let mut connection = SqliteConnectOptions::new()
        .filename(path)
        .connect()
        .await
        .unwrap();
    let day = sqlx::query("SELECT day_ms, chunks FROM days ORDER BY day_ms LIMIT 1 OFFSET 3");
    let row = day.fetch_one(&mut connection).await.unwrap();
    let (day_ms, mut chunks): (i64, Vec<u8>) = (row.get(0), row.get(1));
    chunks[1] ^= 0xFF;
    let update = sqlx::query("UPDATE days SET chunks = ? WHERE day_ms = ?");
    update
        .bind(chunks)
        .bind(day_ms)
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    day_ms
}

#[test]
#[ignore = "long: `make faults`"]
fn a_damaged_day_is_a_gap_that_is_told() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stats.db");
    with_runtime(made::fill(&path, DAYS, true));
    let day_s = with_runtime(damage_day(&path)) / 1000;
    let server = Server::start(folder.path(), &[]);
    let session = server.session();
    let (from_s, to_s) = (day_s - 86_400, day_s + 2 * 86_400);
    let url = format!("/api/history/1?from={from_s}&to={to_s}&points=3&series=cpu_percent");
    let chart = json(&server.read(&session, &url).body);
    assert_eq!(
        chart["series"]["cpu_percent"]["count"],
        serde_json::json!([360, 0, 360])
    );
    assert_eq!(
        chart["damaged"].as_array().map(Vec::len),
        Some(1),
        "{chart}"
    );
    assert_eq!(chart["damaged"][0]["from"], day_s as f64);
    let before = format!("/api/history/1?from={from_s}&to={day_s}&points=1&series=cpu_percent");
    assert_eq!(
        json(&server.read(&session, &before).body)["damaged"],
        serde_json::Value::Null
    );
    let url = format!("/api/completeness/1?from={from_s}&to={to_s}");
    let complete = json(&server.read(&session, &url).body);
    let is_told = complete["gaps"].as_array().unwrap().iter().any(|gap| {
        gap["reason"]
            .as_str()
            .unwrap()
            .starts_with("what is stored of this time is damaged")
    });
    assert!(is_told, "{complete}");
    let said = server.log().matches("it is left out").count();
    assert_eq!(said, 1, "{}", server.log());
    assert_eq!(output(folder.path(), &["verify"]).status.code(), Some(1));
    server.stop();
}

fn json(body: &str) -> serde_json::Value {
    serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {body}"))
}
