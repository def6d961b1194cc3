//! A database with months of rows shrinks while the server runs.

use crate::app::{Client, TestApp};
use muster_store::sqlite::{Missing, SqliteStore};
use muster_store::{Computers as _, HistorySealing as _, NewComputer, Sample, Samples as _};
use serde_json::Value;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

const EVERY_MS: i64 = 300_000;
const SAMPLES: i64 = 100 * 288;

fn now_ms() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(now.as_millis()).unwrap()
}

/// A hundred days of rows, up to yesterday.
async fn fill(path: &Path, first_ms: i64) {
    let store = SqliteStore::open(path, Missing::Create).await.unwrap();
    let computer = NewComputer {
        name: "old".into(),
        url: "http://127.0.0.1:1".into(),
        token: "t".into(),
        ..NewComputer::default()
    };
    let id = store.add_computer(&computer).await.unwrap();
    let sample = |n: i64| Sample {
        computer_id: id,
        timestamp_ms: first_ms + n * EVERY_MS + n % 7,
        cpu_percent: (n % 11 != 0).then_some((n % 1_000) as f64 / 10.0),
        memory_used: Some(n * 4_096),
        network_bytes_sent: Some(n * n),
        extra: (n % 2 == 0).then(|| format!("{{\"load.1m\":{n}.25}}")),
        ..Sample::default()
    };
    let samples: Vec<_> = (0..SAMPLES).map(sample).collect();
    for batch in samples.chunks(5_000) {
        store.record(batch, &[], &[]).await.unwrap();
    }
    store.close().await;
}

async fn chart(client: &mut Client, first_ms: i64) -> Value {
    let (from, to) = (first_ms / 1_000 - 5, now_ms() / 1_000 / 3_600 * 3_600);
    let path = format!(
        "/api/history/1?from={from}&to={to}&points=50&series=cpu_percent,memory_used,load.1m"
    );
    let mut chart = client.get(&path).await.json();
    // Sums may be added in another order.
    for series in chart["series"].as_object_mut().unwrap().values_mut() {
        for mean in series["avg"].as_array_mut().unwrap() {
            if let Some(number) = mean.as_f64() {
                *mean = format!("{number:.6e}").into();
            }
        }
    }
    chart
}

#[tokio::test]
async fn an_old_database_is_sealed_into_months_while_it_serves() {
    let app = TestApp::new();
    let first_ms = now_ms() - (SAMPLES + 288) * EVERY_MS;
    fill(&app.database(), first_ms).await;
    let app = app.start().await;
    let mut client = app.admin().await;
    let before = chart(&mut client, first_ms).await;
    let sealed = SAMPLES.unsigned_abs() - 1;
    let told = client
        .until("/api/storage", |told| {
            told["samples_sealed"] == sealed && told["sealing"].is_null()
        })
        .await;
    assert_eq!(told["problem"], Value::Null);
    assert_eq!(chart(&mut client, first_ms).await, before);
    let history = client.get("/api/history/1?hours=2500").await.json();
    assert_eq!(history.as_array().unwrap().len() as i64, SAMPLES);
    // Past months are merged; days remain only of the last two months, and of the first if it has too few.
    let second_ms = first_ms + 31 * 86_400_000;
    let oldest = app.store.oldest_unmerged_days(second_ms).await.unwrap();
    assert!(oldest[0].1 > now_ms() - 65 * 86_400_000, "{oldest:?}");
}
