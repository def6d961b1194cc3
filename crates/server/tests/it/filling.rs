//! Backfill works whatever other agents answer meanwhile.

use crate::agents::{Agent, CLOSE, MUSTER_AGENT, TOKEN, ok};
use crate::app::{Client, TestApp};
use http::Method;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// An agent that keeps readings, drops four requests in a row, and has a page of history in each answer.
async fn agent(fails_from: usize, page: impl Fn(usize) -> Value + Send + Sync + 'static) -> Agent {
    Agent::start(move |request| {
        if (fails_from..fails_from + 4).contains(&request) {
            return CLOSE.to_vec();
        }
        let mut answer = reading(0);
        answer["agent"]["kept"] = 5.into();
        answer["history"] = page(request);
        ok(&answer.to_string())
    })
    .await
}

/// A reading taken this many seconds ago.
fn reading(ago_s: u64) -> Value {
    let mut reading: Value = serde_json::from_str(MUSTER_AGENT).unwrap();
    reading["series"]["uptime.seconds"] = (9_770 - ago_s).into();
    reading
}

async fn add(admin: &mut Client, name: &str, agent: &Agent) {
    let body = json!({"url": agent.url(), "token": TOKEN});
    let path = format!("/api/computers/{name}");
    let added = admin.json(Method::PUT, &path, body).await;
    assert!(added.status.is_success(), "{}", added.text());
}

#[tokio::test]
async fn endless_backfill_pages_do_not_starve_other_computers() {
    let app = TestApp::new().start().await;
    let mut admin = app.admin().await;
    let endless = |request| json!({"readings": [], "next": format!("run.{request}"), "more": true});
    let mut hostile = Vec::new();
    for number in 1..=5 {
        let one = agent(4, endless).await;
        add(&mut admin, &format!("hostile-{number}"), &one).await;
        hostile.push(one);
    }
    // The agents with endless pages occupy all slots.
    while hostile.iter().filter(|one| one.requests() > 40).count() < 4 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let kept: Vec<Value> = (1..=95).rev().map(reading).collect();
    let whole = move |_| json!({"readings": kept, "next": "run.1", "more": false});
    let honest = agent(9, whole).await;
    add(&mut admin, "honest", &honest).await;
    let began = Instant::now();
    loop {
        let series = admin.get("/api/series/6").await.text();
        if series.contains("sample.filled_in") {
            break;
        }
        assert!(
            began.elapsed() < Duration::from_secs(90),
            "in vain: {series}"
        );
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
