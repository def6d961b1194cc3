//! Tests that no statement scans a large table to find a few rows.

use super::rows::{DELETE, EXTRA, IS_THERE, LATEST, SAMPLES, SeriesColumns};
use super::{
    Missing, SqliteStore, accounts, adopt, chunks, computers, events, lines, record, retention,
    row_index, sealing, tokens,
};
use crate::{Computers, NewComputer, Sample, Samples};
use sqlx::{AssertSqlSafe, Row};

/// Scans in query plans, by table or alias.
const SCANS: [&str; 9] = [
    "SCAN stats",
    "SCAN s",
    "SCAN sessions",
    "SCAN tokens",
    "SCAN hours",
    "SCAN days",
    "SCAN months",
    "SCAN chunks",
    "SCAN events",
];

fn statements() -> Vec<String> {
    let series = ["cpu_percent", "load.1m"].map(str::to_owned);
    let mut all: Vec<String> = [LATEST, SAMPLES, EXTRA, IS_THERE, DELETE]
        .into_iter()
        .chain([computers::NEWEST, adopt::CLEAR_TEXT])
        .chain([adopt::IS_ANY_UNDATED, adopt::DATE])
        .chain(chunks::STATEMENTS)
        .chain([row_index::PACK, record::ABOVE])
        .chain([sealing::BEFORE, sealing::SINCE, sealing::SWEEP])
        .chain([sealing::HOURS, sealing::HOUR, sealing::UNMERGED])
        .chain([retention::SPANS, retention::LEFT])
        .chain([
            events::BETWEEN,
            events::FIRST,
            events::PURGE,
            events::FORGET,
        ])
        .chain([accounts::SESSION, accounts::TOUCH, accounts::END_SESSION])
        .chain([accounts::SESSIONS_OF])
        .chain([
            tokens::HOLDER,
            tokens::TOUCH,
            accounts::REVOKE_TOKENS,
            tokens::COUNT,
        ])
        .chain([accounts::END_IDLE, accounts::END_OTHERS, accounts::REKEY])
        // Looks up foreign keys. Deleting a computer is not in the list: it happens once, and scans the index of
        // rows.
        .chain(["DELETE FROM users WHERE id = ?"])
        .map(str::to_owned)
        .collect();
    all.push(SeriesColumns::new(&series).statement());
    all.push(lines::statement("cpu_percent"));
    all
}

async fn plan(store: &SqliteStore, statement: &str) -> Vec<String> {
    let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}"));
    let rows = sqlx::query(explain)
        .fetch_all(&store.readers)
        .await
        .unwrap();
    rows.iter().map(|row| row.get("detail")).collect()
}

async fn check_all(store: &SqliteStore) {
    for statement in statements() {
        let plan = plan(store, &statement).await;
        let is_scan = |step: &String| {
            SCANS
                .iter()
                .any(|scan| step == scan || step.starts_with(&format!("{scan} ")))
        };
        // Rows without a moment have an index of their own.
        let mut steps = plan
            .iter()
            .filter(|step| !step.contains("stats_without_moment"));
        assert!(!steps.any(is_scan), "{statement}\n{plan:#?}");
        assert!(
            !plan.iter().any(|step| step.contains("AUTOMATIC")),
            "{statement}\n{plan:#?}"
        );
    }
}

#[tokio::test]
async fn every_statement_seeks() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stats.db");
    let store = SqliteStore::open(&path, Missing::Create).await.unwrap();
    check_all(&store).await;
    for number in 0..20 {
        let computer = NewComputer {
            name: number.to_string(),
            url: String::new(),
            token: String::new(),
            ..NewComputer::default()
        };
        let computer_id = store.add_computer(&computer).await.unwrap();
        let sample = |timestamp_ms| Sample {
            computer_id,
            timestamp_ms,
            ..Sample::default()
        };
        let samples: Vec<_> = (0..100).map(sample).collect();
        store.record(&samples, &[], &[]).await.unwrap();
    }
    // With statistics the planner may decide differently; new connections read them.
    sqlx::query("ANALYZE").execute(&store.writer).await.unwrap();
    store.close().await;
    let store = SqliteStore::open(&path, Missing::Refuse).await.unwrap();
    check_all(&store).await;
    let scan = plan(&store, "SELECT avg(cpu_percent) FROM stats").await;
    assert_eq!(scan, ["SCAN stats"]);
}
