//! A close-up of a computer: one reading each second.

use crate::agents::{Agent, FASTAPI_CLIENT, MUSTER_AGENT, TOKEN};
use crate::app::{Client, Running, TestApp};
use http::{Method, StatusCode};
use serde_json::json;
use std::time::Duration;

/// A server that polls its computer once and then not for an hour, and has its answer.
async fn watching(agent: &Agent) -> (Running, Client) {
    let app = TestApp::new()
        .interval(Duration::from_secs(3_600))
        .start()
        .await;
    let mut admin = app.admin().await;
    let body = json!({"name": "box", "url": agent.url(), "token": TOKEN});
    admin.json(Method::POST, "/api/add_computer", body).await;
    admin
        .until("/api/history/1", |history| {
            history.as_array().unwrap().len() == 1
        })
        .await;
    (app, admin)
}

#[tokio::test]
async fn close_up_readings_are_sent_but_not_stored() {
    let agent = Agent::answering(MUSTER_AGENT).await;
    let (app, mut admin) = watching(&agent).await;
    let before = admin.get("/api/overview").await.json();
    let mut viewer = app.viewer().await;
    let first = viewer.get("/api/now/1").await.json();
    assert_eq!(
        first,
        json!({"state": "reading", "readings": [], "processes": null})
    );
    let now = viewer
        .until("/api/now/1", |now| {
            now["readings"].as_array().unwrap().len() >= 3
        })
        .await;
    assert_eq!(now["state"], "reading");
    let readings = now["readings"].as_array().unwrap();
    let moments: Vec<i64> = readings
        .iter()
        .map(|reading| reading["timestamp_ms"].as_i64().unwrap())
        .collect();
    let apart: Vec<i64> = moments.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(
        apart.iter().all(|ms| (900..5_000).contains(ms)),
        "{apart:?}"
    );
    // The counters did not change, so by these readings' own differences nothing was sent.
    assert_eq!(readings[1]["network_sent_per_sec"], 0.0);
    assert_eq!(readings[0]["memory_total"], 16_694_710_272_i64);
    assert_eq!(readings[0]["series"]["cpu.count"], 3);
    let processes = admin.get("/api/processes/1").await.json();
    assert_eq!(
        now["processes"][0]["name"],
        processes["processes"][0]["name"]
    );
    let rest = viewer
        .get(&format!("/api/now/1?after={}", moments[1]))
        .await
        .json();
    assert_eq!(rest["readings"][0], readings[2]);
    // Neither stored nor shown to others.
    let history = admin.get("/api/history/1").await.json();
    assert_eq!(history.as_array().unwrap().len(), 1);
    let after = admin.get("/api/overview").await.json();
    assert_eq!(before["computers"], after["computers"]);
    // The roll has its own connection.
    assert_eq!(agent.connections(), 2);
}

#[tokio::test]
async fn an_old_agent_has_no_close_up() {
    let agent = Agent::answering(FASTAPI_CLIENT).await;
    let (_app, mut admin) = watching(&agent).await;
    let now = admin.get("/api/now/1").await.json();
    assert_eq!(now["state"], "old_agent");
    assert_eq!(agent.requests(), 1);
}

#[tokio::test]
async fn unknown_computers_and_invalid_times_are_refused() {
    let agent = Agent::answering(MUSTER_AGENT).await;
    let (_app, mut admin) = watching(&agent).await;
    let gone = admin.get("/api/now/2").await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    let odd = admin.get("/api/now/1?after=yesterday").await;
    assert_eq!(odd.status, StatusCode::BAD_REQUEST);
    assert!(odd.error().starts_with("after must be"), "{}", odd.error());
}
