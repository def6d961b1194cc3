//! History as buckets.

use crate::app::{Client, Running, TestApp};
use http::StatusCode;
use muster_store::{Computers as _, NewComputer, Sample, Samples as _};
use serde_json::json;

/// A server with a week of one computer, and a client.
async fn with_a_week() -> (Running, Client) {
    let app = TestApp::new().start().await;
    let computer = NewComputer {
        name: "box".into(),
        url: "http://127.0.0.1:1".into(),
        token: "t".into(),
        ..NewComputer::default()
    };
    let id = app.store.add_computer(&computer).await.unwrap();
    let samples: Vec<Sample> = (0..20_160_i64)
        .filter(|n| !(5_000..6_000).contains(n))
        .map(|n| Sample {
            computer_id: id,
            timestamp_ms: 1_000_000_000_000 + n * 30_000,
            cpu_percent: Some(f64::from(u32::try_from(n % 100).unwrap())),
            extra: (n % 2 == 0).then(|| format!("{{\"load.1m\":{n}.5}}")),
            ..Sample::default()
        })
        .collect();
    for batch in samples.chunks(5_000) {
        app.store.record(batch, &[], &[]).await.unwrap();
    }
    let mut admin = app.admin().await;
    admin
        .until("/api/computers", |list| list[0]["name"] == "box")
        .await;
    (app, admin)
}

#[tokio::test]
async fn buckets_have_min_avg_max_and_count() {
    let (_app, mut admin) = with_a_week().await;
    let chart = admin
        .get("/api/history/1?from=1000000000&to=1000604800&points=100&series=cpu_percent,load.1m,none")
        .await
        .json();
    assert_eq!(chart["step_s"], 6048.0);
    let cpu = &chart["series"]["cpu_percent"];
    assert_eq!(cpu["min"].as_array().unwrap().len(), 100);
    assert_eq!(
        (&cpu["min"][0], &cpu["max"][0], &cpu["count"][0]),
        (&json!(0.0), &json!(99.0), &json!(202))
    );
    let counts = cpu["count"]
        .as_array()
        .unwrap()
        .iter()
        .map(|count| count.as_u64().unwrap());
    assert_eq!(counts.sum::<u64>(), 19_160);
    // Samples 5,000 to 5,999 are missing: bucket 27 is within the gap.
    assert_eq!(
        (&cpu["avg"][27], &cpu["count"][27]),
        (&json!(null), &json!(0))
    );
    assert_eq!(chart["series"]["load.1m"]["min"][0], 0.5);
    assert_eq!(chart["series"]["load.1m"]["count"][0], 101);
    assert!(
        chart["series"]["none"]["max"]
            .as_array()
            .unwrap()
            .iter()
            .all(serde_json::Value::is_null)
    );
}

#[tokio::test]
async fn a_century_reads_only_existing_samples() {
    let (_app, mut admin) = with_a_week().await;
    let chart = admin
        .get("/api/history/1?from=0&to=3155760000&points=10000")
        .await
        .json();
    let counts = chart["series"]["cpu_percent"]["count"].as_array().unwrap();
    assert_eq!(
        counts
            .iter()
            .map(|count| count.as_u64().unwrap())
            .sum::<u64>(),
        19_160
    );
}

#[tokio::test]
async fn all_samples_are_sent_across_pages() {
    let (_app, mut admin) = with_a_week().await;
    let samples = admin.get("/api/history/1?hours=800000").await.json();
    let samples = samples.as_array().unwrap();
    assert_eq!(samples.len(), 19_160);
    assert_eq!(samples[0]["timestamp"], "2001-09-09 01:46:40");
}

#[tokio::test]
async fn absurd_queries_are_refused() {
    let (_app, mut admin) = with_a_week().await;
    for query in [
        "hours=0",
        "hours=x",
        "from=2&to=1",
        "points=0",
        "points=99999",
        "series=a%20b",
        "hours=1&hours=2",
    ] {
        let answer = admin.get(&format!("/api/history/1?{query}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
        assert!(!answer.error().is_empty(), "{query}");
    }
}

#[tokio::test]
async fn the_series_have_labels() {
    let (_app, mut admin) = with_a_week().await;
    let list = admin.get("/api/series/1").await.json();
    assert_eq!(list["first_ms"], 1_000_000_000_000_i64);
    let series = list["series"].as_array().unwrap();
    assert_eq!(
        series[11],
        json!({
            "name": "load.1m",
            "label": "Load, 1 minute",
            "labels": {"en": "Load, 1 minute", "de": "Last, 1 Minute"},
            "unit": "",
            "kind": "gauge",
        })
    );
}

#[tokio::test]
async fn csv_has_the_exact_samples() {
    let (_app, admin) = with_a_week().await;
    let mut admin = admin.with_header("accept", "text/csv");
    let all = admin
        .get("/api/history/1?from=1000000000&to=1000604800")
        .await;
    assert_eq!(all.headers["content-type"], "text/csv; charset=utf-8");
    let text = all.text();
    let mut lines = text.lines();
    assert!(
        lines
            .next()
            .unwrap()
            .ends_with("network_recv_per_sec,load.1m")
    );
    assert_eq!(
        lines.next().unwrap(),
        "2001-09-09 01:46:40,1000000000000,0,,,,,,,,,,,0.5"
    );
    assert_eq!(lines.count(), 19_159);
    let some = admin
        .get("/api/history/1?from=1000000000&to=1000000060&series=load.1m")
        .await
        .text();
    assert_eq!(
        some.lines().next().unwrap(),
        "timestamp,timestamp_ms,load.1m"
    );
    assert_eq!(some.lines().count(), 3);
}
