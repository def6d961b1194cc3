//! `/metrics`, parsed as strictly as Prometheus does, and `/livez` besides `/healthz`.

use crate::agents::{Agent, FASTAPI_CLIENT, TOKEN};
use crate::app::TestApp;
use http::{Method, StatusCode};
use serde_json::json;
use std::collections::BTreeMap;

/// One metric: its type and its value.
#[derive(Debug, PartialEq)]
struct Metric {
    kind: String,
    value: f64,
}

fn is_name(name: &str) -> bool {
    let letter = |letter: char| letter.is_ascii_alphanumeric() || "_:".contains(letter);
    !name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit()) && name.chars().all(letter)
}

/// A metric is its help, type and value; a histogram has several values.
fn parsed(text: &str) -> BTreeMap<String, Metric> {
    assert!(text.ends_with('\n'));
    let mut metrics = BTreeMap::new();
    for block in text.split("# HELP ").skip(1) {
        let mut lines = block.lines();
        let (name, words) = lines.next().unwrap().split_once(' ').unwrap();
        assert!(is_name(name) && words.ends_with('.'), "{name}: {words}");
        let kind = lines.next().unwrap();
        let kind = kind.strip_prefix(&format!("# TYPE {name} ")).unwrap();
        let samples: Vec<(&str, f64)> = lines.map(|line| sample(name, line)).collect();
        let metric = Metric {
            kind: kind.to_owned(),
            value: match (kind, &samples[..]) {
                ("histogram", samples) => histogram_count(samples),
                (_, &[(labels, value)]) => {
                    assert!(labels.is_empty() || labels.starts_with("{version=\""));
                    value
                }
                ("gauge", samples) => {
                    let is_condition = |label: &str| label.starts_with("{condition=\"");
                    assert!(
                        samples.iter().all(|(label, _)| is_condition(label)),
                        "{name}"
                    );
                    samples.iter().map(|(_, value)| value).sum()
                }
                _ => panic!("{name} has {samples:?}"),
            },
        };
        assert!(
            metrics.insert(name.to_owned(), metric).is_none(),
            "{name} twice"
        );
    }
    metrics
}

/// The rest after the name, and the value.
fn sample<'a>(name: &str, line: &'a str) -> (&'a str, f64) {
    let (labelled, value) = line.rsplit_once(' ').unwrap();
    let labels = labelled.strip_prefix(name).unwrap();
    (labels, value.parse().unwrap())
}

/// Buckets rise by bound and by count, up to the total count.
fn histogram_count(samples: &[(&str, f64)]) -> f64 {
    let [buckets @ .., sum, count] = samples else {
        panic!("{samples:?}");
    };
    assert_eq!((sum.0, count.0), ("_sum", "_count"));
    let bound = |labels: &str| -> f64 {
        let bound = labels.strip_prefix("_bucket{le=\"").unwrap();
        bound.strip_suffix("\"}").unwrap().parse().unwrap()
    };
    let buckets: Vec<(f64, f64)> = buckets
        .iter()
        .map(|(labels, value)| (bound(labels), *value))
        .collect();
    assert!(
        buckets
            .windows(2)
            .all(|two| two[0].0 < two[1].0 && two[0].1 <= two[1].1)
    );
    assert_eq!(buckets.last(), Some(&(f64::INFINITY, count.1)));
    count.1
}

/// Prometheus' naming conventions.
fn assert_conventions(name: &str, metric: &Metric) {
    assert!(metric.value.is_finite() && metric.value >= 0.0, "{name}");
    match metric.kind.as_str() {
        "counter" => assert!(name.ends_with("_total"), "{name}"),
        "histogram" => assert!(name.ends_with("_seconds"), "{name}"),
        "gauge" => assert!(!name.ends_with("_total"), "{name}"),
        kind => panic!("{name} is a {kind}"),
    }
    assert!(
        name.starts_with("muster_") || name.starts_with("process_"),
        "{name}"
    );
    for unit in ["_ms", "_s", "_kb", "_mb", "_percent", "_minutes", "_count"] {
        assert!(!name.ends_with(unit), "{name}");
    }
}

#[tokio::test]
async fn metrics_follow_the_prometheus_format() {
    let app = TestApp::new().start().await;
    let agent = Agent::answering(FASTAPI_CLIENT).await;
    let mut admin = app.admin().await;
    let body = json!({"name": "box", "url": agent.url(), "token": TOKEN});
    admin.json(Method::POST, "/api/add_computer", body).await;
    admin
        .until("/api/storage", |told| {
            told["samples_stored"].as_u64() >= Some(2)
        })
        .await;
    let answer = app.visitor().get("/metrics").await;
    let kind = &answer.headers["content-type"];
    assert_eq!(kind, "text/plain; version=0.0.4; charset=utf-8");
    let metrics = parsed(&answer.text());
    for (name, metric) in &metrics {
        assert_conventions(name, metric);
    }
    let value = |name: &str| metrics[name].value;
    assert!((value("muster_ready") - 1.0).abs() < f64::EPSILON);
    assert!((value("muster_computers_online") - 1.0).abs() < f64::EPSILON);
    assert!((value("muster_computers") - 1.0).abs() < f64::EPSILON);
    let healthy = "muster_computers{condition=\"healthy\"} 1\n";
    assert!(answer.text().contains(healthy), "{}", answer.text());
    assert!(value("muster_samples_stored_total") >= 2.0);
    assert!(value("muster_polls_answered_total") >= 2.0);
    assert!(value("muster_poll_lateness_seconds") >= 2.0);
    assert!(value("muster_database_bytes") > 4_096.0);
    assert!(!answer.text().contains("box"), "no computer's name");
    #[cfg(target_os = "linux")]
    assert_process(&metrics);
}

/// The test and the server share a process.
#[cfg(target_os = "linux")]
fn assert_process(metrics: &BTreeMap<String, Metric>) {
    let value = |name: &str| metrics[name].value;
    let now_s = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs_f64();
    let age_s = now_s - value("process_start_time_seconds");
    assert!((-2.0..3_600.0).contains(&age_s), "{age_s}");
    assert!(value("process_resident_memory_bytes") > 1e6);
    assert!(value("process_virtual_memory_bytes") > value("process_resident_memory_bytes"));
    assert!(value("process_cpu_seconds_total") > 0.0);
    let open = value("process_open_fds");
    assert!(open > 5.0 && open < value("process_max_fds"), "{open}");
}

#[tokio::test]
async fn a_server_that_is_not_ready_is_alive() {
    let app = TestApp::new().start().await;
    let mut visitor = app.visitor();
    visitor
        .until("/healthz", |health| health["status"] == "ready")
        .await;
    let agent = Agent::answering(FASTAPI_CLIENT).await;
    let body = json!({"name": "box", "url": agent.url(), "token": TOKEN});
    let mut admin = app.admin().await;
    admin.json(Method::POST, "/api/add_computer", body).await;
    let path = muster_store::sqlite::SqliteStore::path(&app.store).to_owned();
    std::fs::rename(&path, path.with_extension("aside")).unwrap();
    let health = visitor
        .until("/healthz", |health| health["status"] == "failing")
        .await;
    assert!(
        health["problem"].as_str().unwrap().contains("database"),
        "{health}"
    );
    assert_eq!(health["problem_code"], "database_not_writable");
    let alive = visitor.get("/livez").await;
    assert_eq!(alive.status, StatusCode::OK);
    assert_eq!(alive.json()["status"], "alive");
    let metrics = parsed(&visitor.get("/metrics").await.text());
    assert!(metrics["muster_ready"].value.abs() < f64::EPSILON);
}
