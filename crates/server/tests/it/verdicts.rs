//! When a computer is down, and when the server is blind.

use crate::agents::{Agent, CLOSE, FASTAPI_CLIENT, TOKEN, ok};
use crate::app::{Client, TestApp};
use http::Method;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

async fn add(admin: &mut Client, name: &str, url: &str) {
    let body = json!({"name": name, "url": url, "token": TOKEN});
    let answer = admin.json(Method::POST, "/api/add_computer", body).await;
    assert!(answer.status.is_success(), "{}", answer.text());
}

/// Answers, but drops the requests for which `fails` returns true.
async fn agent_that_fails(fails: impl Fn(usize) -> bool + Send + Sync + 'static) -> Agent {
    Agent::start(move |request| match fails(request) {
        true => CLOSE.to_vec(),
        false => ok(FASTAPI_CLIENT),
    })
    .await
}

/// Waits for these events of a computer or of the server: they are stored within a second or two.
async fn assert_told(app: &crate::app::Running, id: Option<i64>, expected: &[&str]) {
    use muster_store::Events as _;
    let deadline = std::time::Instant::now() + Duration::from_secs(20);
    loop {
        let events = app.store.events(id, 0, i64::MAX, 100).await.unwrap();
        let told: Vec<_> = events.iter().map(|event| event.kind.as_str()).collect();
        if told.len() >= expected.len() || std::time::Instant::now() > deadline {
            return assert_eq!(told, expected);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn one_failed_poll_is_late_and_not_down() {
    let app = TestApp::new().start().await;
    // A failed request is retried at once over a new connection: both are one poll.
    let agent = agent_that_fails(|request| request == 3 || request == 4).await;
    let mut admin = app.admin().await;
    add(&mut admin, "box", &agent.url()).await;
    let row = |overview: &Value| overview["computers"][0].clone();
    let late = admin
        .until("/api/overview", |overview| !row(overview)["late"].is_null())
        .await;
    assert_eq!(row(&late)["status"], "online");
    let reason = row(&late)["late"]["reason"].as_str().unwrap().to_owned();
    assert!(reason.starts_with("the connection broke"), "{reason}");
    let again = admin
        .until("/api/overview", |overview| {
            agent.requests() > 6 && row(overview)["late"].is_null()
        })
        .await;
    assert_eq!(row(&again)["status"], "online");
    assert_told(&app, Some(1), &["added", "online"]).await;
}

#[tokio::test]
async fn two_failed_polls_within_an_interval_are_down_since_the_first() {
    let app = TestApp::new()
        .interval(Duration::from_secs(4))
        .start()
        .await;
    let gone = Arc::new(AtomicBool::new(false));
    let is_gone = gone.clone();
    let agent = agent_that_fails(move |_| is_gone.load(Ordering::SeqCst)).await;
    let mut admin = app.admin().await;
    add(&mut admin, "box", &agent.url()).await;
    let row = |overview: &Value| overview["computers"][0].clone();
    admin
        .until("/api/overview", |overview| {
            row(overview)["status"] == "online"
        })
        .await;
    gone.store(true, Ordering::SeqCst);
    let late = admin
        .until("/api/overview", |overview| !row(overview)["late"].is_null())
        .await;
    let offline = admin
        .until("/api/overview", |overview| {
            row(overview)["status"] == "offline"
        })
        .await;
    assert_eq!(row(&offline)["since_ms"], row(&late)["late"]["since_ms"]);
    assert!(row(&offline)["late"].is_null());
    let seen_ms = offline["now_ms"].as_i64().unwrap();
    let since_ms = row(&offline)["since_ms"].as_i64().unwrap();
    assert!(
        seen_ms - since_ms < 4_000,
        "the second try waited for its turn"
    );
}

#[tokio::test]
async fn many_simultaneous_failures_make_the_server_blind_with_one_event() {
    let app = TestApp::new().start().await;
    let gone = Arc::new(AtomicBool::new(false));
    let mut admin = app.admin().await;
    let mut agents = Vec::new();
    for number in 1..=6 {
        let is_gone = gone.clone();
        agents.push(agent_that_fails(move |_| is_gone.load(Ordering::SeqCst)).await);
        add(
            &mut admin,
            &format!("box-{number}"),
            &agents[number - 1].url(),
        )
        .await;
    }
    let rows = |overview: &Value| overview["computers"].as_array().unwrap().clone();
    let all = |overview: &Value, is: fn(&Value) -> bool| rows(overview).iter().all(is);
    admin
        .until("/api/overview", |overview| {
            all(overview, |row| row["status"] == "online")
        })
        .await;
    gone.store(true, Ordering::SeqCst);
    let blind = admin
        .until("/api/overview", |overview| {
            !overview["blind"].is_null() && all(overview, |row| !row["late"].is_null())
        })
        .await;
    assert!(blind["blind"]["failing"].as_u64().unwrap() >= 2, "{blind}");
    assert_eq!(blind["blind"]["of"], 6);
    // After several more rounds, still no computer is down.
    let asked = agents[0].requests();
    while agents[0].requests() < asked + 8 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let still = admin.get("/api/overview").await.json();
    assert!(all(&still, |row| row["status"] == "online"), "{still}");
    gone.store(false, Ordering::SeqCst);
    admin
        .until("/api/overview", |overview| {
            overview["blind"].is_null() && all(overview, |row| row["late"].is_null())
        })
        .await;
    let expected = ["server_started", "server_blind", "server_sees"];
    assert_told(&app, None, &expected).await;
    for id in 1..=6 {
        assert_told(&app, Some(id), &["added", "online"]).await;
    }
}
