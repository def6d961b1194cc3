//! The last hour of many computers as small lines.

use crate::app::{Client, Running, TestApp};
use http::StatusCode;
use muster_store::{Computers as _, NewComputer, Sample, Samples as _};
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_millis()).unwrap()
}

/// A server with two computers. The first has a sample every half minute of the last two hours, with a CPU use of
/// the number of the minute, plus or minus 0.04.
async fn with_two_hours() -> (Running, Client) {
    let app = TestApp::new().start().await;
    let now_ms = now_ms();
    for name in ["busy", "silent"] {
        let computer = NewComputer {
            name: name.into(),
            url: "http://127.0.0.1:1".into(),
            token: "t".into(),
            ..NewComputer::default()
        };
        app.store.add_computer(&computer).await.unwrap();
    }
    let sample = |half: i32| Sample {
        computer_id: 1,
        timestamp_ms: now_ms - i64::from(half) * 30_000,
        cpu_percent: Some(f64::from(half / 2) + if half % 2 == 0 { 0.04 } else { -0.04 }),
        memory_percent: Some(50.0),
        ..Sample::default()
    };
    let samples: Vec<Sample> = (1..240).map(sample).collect();
    app.store.record(&samples, &[], &[]).await.unwrap();
    let mut admin = app.admin().await;
    admin
        .until("/api/computers", |list| {
            list.as_array().is_some_and(|list| list.len() == 2)
        })
        .await;
    (app, admin)
}

#[tokio::test]
async fn an_hour_in_minutes_for_each_computer() {
    let (_app, mut admin) = with_two_hours().await;
    let answer = admin.get("/api/sparklines?ids=2,1,777,1").await.json();
    assert_eq!(answer["step_s"], 60);
    let ago_s = now_ms() / 1000 - answer["from"].as_i64().unwrap();
    assert!((3_600..3_620).contains(&ago_s), "{ago_s}");
    let series = answer["series"].as_object().unwrap();
    assert_eq!(series.keys().collect::<Vec<_>>(), ["1", "2"]);
    assert_eq!(series["2"], json!(vec![Value::Null; 60]));
    let busy: Vec<f64> = series["1"]
        .as_array()
        .unwrap()
        .iter()
        .map(|value| value.as_f64().unwrap())
        .collect();
    assert_eq!(busy.len(), 60);
    // Oldest first: the use was falling.
    assert!(busy.windows(2).all(|pair| pair[0] > pair[1]), "{busy:?}");
    assert!(busy[0] > 57.0 && busy[59] < 2.0, "{busy:?}");
    assert!(
        busy.iter()
            .all(|value| ((value * 10.0).round() / 10.0 - value).abs() < 1e-9)
    );
}

#[tokio::test]
async fn any_of_the_basic_series() {
    let (_app, mut admin) = with_two_hours().await;
    let answer = admin
        .get("/api/sparklines?ids=1&series=memory_percent")
        .await
        .json();
    assert_eq!(answer["series"]["1"][30], 50.0);
    let nobody = admin.get("/api/sparklines?ids=").await.json();
    assert_eq!(nobody["series"], json!({}));
}

#[tokio::test]
async fn invalid_and_oversized_queries_are_refused() {
    let (_app, mut admin) = with_two_hours().await;
    let hundred: Vec<String> = (1..=100).map(|id: i32| id.to_string()).collect();
    let hundred = hundred.join(",");
    let allowed = admin
        .get(&format!("/api/sparklines?ids={hundred},1,2"))
        .await;
    assert_eq!(allowed.status, StatusCode::OK, "{}", allowed.text());
    for query in [
        String::new(),
        "ids=1,x".into(),
        format!("ids={hundred},101"),
        "ids=1&series=memory_total".into(),
        "ids=1&series=cpu_percent,memory_percent".into(),
        "ids=1;drop".into(),
    ] {
        let answer = admin.get(&format!("/api/sparklines?{query}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
        assert!(!answer.error().is_empty(), "{query}");
    }
}
