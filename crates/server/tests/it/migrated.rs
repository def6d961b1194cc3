//! A database of the Flask server: opened in place, with nothing missing.

use crate::app::{Running, TestApp};
use http::StatusCode;
use muster_store::Accounts as _;
use std::path::{Path, PathBuf};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../store/tests/fixtures")
        .join(name)
}

async fn on(name: &str) -> Running {
    TestApp::new()
        .with_default_password()
        .on_copy_of(&fixture(name))
        .start()
        .await
}

#[tokio::test]
async fn accounts_computers_and_samples_are_there() {
    for (name, accounts) in [("flask.db", 2), ("flask_first_release.db", 1)] {
        let app = on(name).await;
        assert_eq!(app.store.users().await.unwrap().len(), accounts, "{name}");
        let mut admin = app.signed_in("admin", "admin123").await;
        let list = admin.get("/api/computers").await.json();
        let names: Vec<&str> = list
            .as_array()
            .unwrap()
            .iter()
            .map(|c| c["name"].as_str().unwrap())
            .collect();
        assert_eq!(
            names,
            ["host-0000", "host-0001", "host-0002", "removed computer 9"],
            "{name}"
        );
        // Rebuilt from the rows; the Flask server never saw computer 3 online.
        assert_eq!(list[2]["last_seen"], "2025-11-19 23:59:30.000000");
        let mut counts = Vec::new();
        for id in [1, 2, 3, 9] {
            let history = admin
                .get(&format!("/api/history/{id}?hours=800000"))
                .await
                .json();
            counts.push(history.as_array().unwrap().len());
        }
        assert_eq!(counts, [720, 741, 720, 60], "{name}");
        let stats = admin.get("/api/stats/1").await.json();
        assert_eq!(stats["timestamp"], "2025-11-19 23:59:30");
    }
}

/// Its samples show since when a computer was watched and until when the Flask server ran.
#[tokio::test]
async fn completeness_is_counted_from_the_first_sample() {
    // The Flask server's interval applies to its time, whatever the present one is.
    for interval_s in [30, 5] {
        completeness_with(interval_s).await;
    }
}

async fn completeness_with(interval_s: u64) {
    let app = TestApp::new()
        .with_default_password()
        .interval(std::time::Duration::from_secs(interval_s))
        .on_copy_of(&fixture("flask.db"))
        .start()
        .await;
    let mut admin = app.signed_in("admin", "admin123").await;
    // From an hour before the first sample to an hour after the last.
    let span = "from=1763571600&to=1763600400";
    let path = format!("/api/completeness/1?{span}");
    let found = admin.get(&path).await.json();
    assert_eq!(
        (&found["expected"], &found["present"]),
        (&840.into(), &720.into())
    );
    assert_eq!(
        found["gaps"],
        serde_json::json!([
            {"from": 1_763_571_600.0, "to": 1_763_575_200.0, "reason": "not yet added", "reason_code": "not_yet_added", "reason_params": {}},
            {"from": 1_763_596_770.0, "to": 1_763_600_400.0, "reason": "the server was not running", "reason_code": "server_not_running", "reason_params": {}},
        ])
    );
    // No samples of a removed computer are expected after its last one.
    let path = format!("/api/completeness/9?{span}");
    let gone = admin.get(&path).await.json();
    assert_eq!(
        (&gone["share"], &gone["present"]),
        (&1.0.into(), &60.into()),
        "{gone}"
    );
    let reasons = gone["gaps"].as_array().unwrap().iter();
    let reasons: Vec<_> = reasons.map(|gap| gap["reason"].as_str()).collect();
    assert_eq!(reasons, [Some("not yet added")], "{gone}");
}

#[tokio::test]
async fn a_sha256_account_logs_in_and_is_rehashed() {
    let app = on("flask.db").await;
    let hash = |app: &Running| {
        let store = app.store.clone();
        async move {
            store
                .user_named("oncall")
                .await
                .unwrap()
                .unwrap()
                .password_hash
        }
    };
    assert_eq!(hash(&app).await.len(), 64);
    let mut client = app.visitor();
    assert_eq!(
        client.sign_in("oncall", "night-shift-8").await.status,
        StatusCode::OK
    );
    assert_eq!(hash(&app).await.len(), 64);
    let mut client = app.signed_in("oncall", "night-shift-9").await;
    assert!(hash(&app).await.starts_with("$argon2id$"));
    assert_eq!(
        client.get("/api/session").await.json()["role"],
        "administrator"
    );
    app.signed_in("oncall", "night-shift-9").await;
}

#[tokio::test]
async fn the_last_processes_are_shown_until_the_next_poll() {
    let app = on("flask.db").await;
    let mut admin = app.signed_in("admin", "admin123").await;
    let processes = admin.get("/api/processes/1").await.json();
    assert_eq!(processes["processes"][0]["name"], "postgres");
}

#[tokio::test]
async fn a_migrated_default_password_counts_as_default() {
    let app = TestApp::new()
        .with_default_password()
        .on_all_addresses()
        .on_copy_of(&fixture("flask.db"))
        .start()
        .await;
    let mut admin = app.signed_in("admin", "admin123").await;
    assert_eq!(
        admin.get("/api/computers").await.status,
        StatusCode::FORBIDDEN
    );
    let mut oncall = app.signed_in("oncall", "night-shift-9").await;
    assert_eq!(oncall.get("/api/computers").await.status, StatusCode::OK);
}
