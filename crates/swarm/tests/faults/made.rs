//! A database with some months of history, as a server would have left it.

use muster_store::sqlite::{Missing, SqliteStore};
use muster_store::{Computers as _, HistorySealing as _, NewComputer, Sample, Samples as _};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, Executor as _};
use std::path::Path;

/// 2025-11-19 00:00 UTC.
pub const START_MS: i64 = 1_763_510_400_000;
pub const DAY_MS: i64 = 86_400_000;
const EVERY_MS: i64 = 240_000;
/// 2026-01-01 00:00 UTC: the months before are merged.
const JANUARY_MS: i64 = 1_767_225_600_000;

/// A pseudo-random number below `end`: it does not compress, so most of the file is history.
fn noise(n: i64, end: i64) -> i64 {
    let mixed = (n + 1)
        .wrapping_mul(0x5851_F42D_4C95_7F2D)
        .wrapping_add(end);
    ((mixed ^ (mixed >> 29)).wrapping_mul(0x2545_F491_4F6C_DD1D) >> 20).rem_euclid(end)
}

fn sample(n: i64) -> Sample {
    Sample {
        computer_id: 1,
        timestamp_ms: START_MS + n * EVERY_MS,
        cpu_percent: Some(noise(n, 1_000) as f64 / 10.0),
        memory_percent: Some(noise(n, 1_001) as f64 / 10.0),
        disk_used: Some(noise(n, 1 << 30)),
        network_bytes_sent: Some(n * 1_234_567 + noise(n, 1_000_000)),
        extra: (n % 2 == 0).then(|| format!("{{\"load.1m\":{n}.25}}")),
        ..Sample::default()
    }
}

/// Adds one unreachable computer with samples of `days` days, sealed or as rows.
pub async fn fill(path: &Path, days: i64, sealed: bool) {
    let store = SqliteStore::open(path, Missing::Create).await.unwrap();
    let computer = NewComputer {
        name: "box".into(),
        url: "http://127.0.0.1:9".into(),
        token: "t".into(),
        ..NewComputer::default()
    };
    store.add_computer(&computer).await.unwrap();
    let samples: Vec<_> = (0..days * DAY_MS / EVERY_MS).map(sample).collect();
    for batch in samples.chunks(5_000) {
        store.record(batch, &[], &[]).await.unwrap();
    }
    if sealed {
        seal(&store, START_MS + (days - 1) * DAY_MS).await;
    }
    store.close().await;
    if sealed {
        vacuum(path).await;
    }
}

/// Seals into months, days and the hours of the last day, and removes the sealed rows.
async fn seal(store: &SqliteStore, last_day_ms: i64) {
    while store.seal_day(1, last_day_ms).await.unwrap() > 0 {}
    while store.seal_hours(&[1], i64::MAX).await.unwrap() > 0 {}
    while store.merge_month(1, 0, JANUARY_MS).await.unwrap() > 0 {}
    while store.delete_sealed_rows(i64::MAX, 10_000).await.unwrap() {}
}

/// Removes empty pages, so that every byte of the file matters.
async fn vacuum(path: &Path) {
    let options = SqliteConnectOptions::new().filename(path);
    let mut connection = options.connect().await.unwrap();
    connection.execute("VACUUM").await.unwrap();
    connection
        .execute("PRAGMA wal_checkpoint(TRUNCATE)")
        .await
        .unwrap();
    connection.close().await.unwrap();
}
