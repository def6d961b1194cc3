//! Changing a computer, testing its connection, and following what other programs write to the database.

use crate::agents::{Agent, FASTAPI_CLIENT, TOKEN};
use crate::app::TestApp;
use http::{Method, StatusCode};
use muster_store::{Computers as _, NewComputer};
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn renaming_and_moving_a_computer() {
    let app = TestApp::new().start().await;
    let agent = Agent::answering(FASTAPI_CLIENT).await;
    let mut admin = app.admin().await;
    for name in ["box", "other"] {
        let body = json!({"name": name, "url": "http://127.0.0.1:1", "token": TOKEN});
        admin.json(Method::POST, "/api/add_computer", body).await;
    }
    admin
        .until("/api/computers", |list| {
            list[0]["reason"] == "connection refused"
        })
        .await;
    let change = json!({"name": "case", "url": agent.url(), "token": TOKEN});
    let answer = admin.json(Method::PATCH, "/api/computers/1", change).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let detail = admin
        .until("/api/computers/1", |c| c["status"] == "online")
        .await;
    assert_eq!(detail["name"], "case");
    assert_eq!(detail["facts"]["hostname"], "db-1");

    let taken = admin
        .json(Method::PATCH, "/api/computers/1", json!({"name": "other"}))
        .await;
    assert_eq!(taken.status, StatusCode::CONFLICT);
    let nothing = admin
        .json(Method::PATCH, "/api/computers/1", json!({}))
        .await;
    assert_eq!(nothing.status, StatusCode::BAD_REQUEST);
    let unknown = admin
        .json(Method::PATCH, "/api/computers/9", json!({"name": "x"}))
        .await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    for bad in [
        json!({"url": "ftp://x"}),
        json!({"name": ""}),
        json!({"token": "a b"}),
        json!({"url": "box:80"}),
    ] {
        let answer = admin.json(Method::PATCH, "/api/computers/1", bad).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.text());
    }
}

#[tokio::test]
async fn a_computer_has_one_address_from_adding_to_restoring() {
    let app = TestApp::new().start().await;
    let agent = Agent::answering(FASTAPI_CLIENT).await;
    let mut admin = app.admin().await;
    let body = json!({"name": "box", "url": agent.url(), "token": TOKEN});
    let added = admin.json(Method::POST, "/api/computers", body).await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.text());
    assert_eq!(added.json()["id"], 1);
    let sample = admin
        .until("/api/computers/1/stats", |sample| !sample.is_null())
        .await;
    assert_eq!(sample["cpu_percent"], 12.5);
    assert!(sample["timestamp_ms"].is_i64());
    let processes = admin.get("/api/computers/1/processes").await.json();
    assert_eq!(processes["processes"][0]["name"], "postgres");
    let removed = admin.delete("/api/computers/1").await;
    assert_eq!(removed.status, StatusCode::OK);
    for path in ["/api/computers/1/stats", "/api/computers/1/processes"] {
        assert_eq!(admin.get(path).await.status, StatusCode::NOT_FOUND);
    }
    let again = admin.delete("/api/computers/1").await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
    let restore = "/api/computers/1/restore";
    let restored = admin.json(Method::POST, restore, json!({})).await;
    assert_eq!(restored.status, StatusCode::OK, "{}", restored.text());
    let list = admin.get("/api/computers").await.json();
    assert_eq!(list[0]["name"], "box");
}

#[tokio::test]
async fn testing_a_connection() {
    let app = TestApp::new().start().await;
    let agent = Agent::answering(FASTAPI_CLIENT).await;
    let mut admin = app.admin().await;
    let good = json!({"url": agent.url(), "token": TOKEN});
    let found = admin
        .json(Method::POST, "/api/test_connection", good)
        .await
        .json();
    assert_eq!(
        (&found["ok"], &found["hostname"], &found["system"]),
        (&json!(true), &json!("db-1"), &json!("Linux"))
    );
    let refused = json!({"url": "http://127.0.0.1:1", "token": TOKEN});
    let found = admin
        .json(Method::POST, "/api/test_connection", refused)
        .await
        .json();
    assert_eq!(
        found,
        json!({"ok": false, "reason": "connection refused", "reason_code": "connection_refused", "reason_params": {}})
    );
    let bad = json!({"url": "nonsense", "token": TOKEN});
    assert_eq!(
        admin
            .json(Method::POST, "/api/test_connection", bad)
            .await
            .status,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(
        admin.get("/api/computers").await.json(),
        json!([]),
        "a try stores nothing"
    );

    let body = json!({"name": "box", "url": agent.url(), "token": TOKEN});
    admin.json(Method::POST, "/api/add_computer", body).await;
    let known = admin
        .json(Method::POST, "/api/test_connection", json!({"id": 1}))
        .await
        .json();
    assert_eq!(known["ok"], true);
}

#[tokio::test]
async fn a_computer_added_by_a_command_is_polled_within_seconds() {
    let app = TestApp::new().start().await;
    let agent = Agent::answering(FASTAPI_CLIENT).await;
    let computer = NewComputer {
        name: "cli".into(),
        url: agent.url(),
        token: TOKEN.into(),
        ..NewComputer::default()
    };
    let id = app.store.add_computer(&computer).await.unwrap();
    let mut admin = app.admin().await;
    admin
        .until("/api/computers", |list| list[0]["status"] == "online")
        .await;
    app.store.remove_computer(id, 1).await.unwrap();
    admin
        .until("/api/computers", |list| list.as_array().unwrap().is_empty())
        .await;
}

#[tokio::test]
async fn an_invalid_address_is_reported_and_affects_no_other_computer() {
    let app = TestApp::new().start().await;
    let agent = Agent::answering(FASTAPI_CLIENT).await;
    for (name, url) in [("a", "not an address"), ("b", agent.url().as_str())] {
        let computer = NewComputer {
            name: name.into(),
            url: url.into(),
            token: TOKEN.into(),
            ..NewComputer::default()
        };
        app.store.add_computer(&computer).await.unwrap();
    }
    let mut admin = app.admin().await;
    let list = admin
        .until("/api/computers", |list| list[1]["status"] == "online")
        .await;
    assert_eq!(
        list[0]["reason"],
        "the address must start with http:// or https://"
    );
}

#[tokio::test]
async fn a_removed_computers_name_is_free_at_once_and_it_can_be_restored() {
    let app = TestApp::new()
        .interval(Duration::from_secs(1))
        .start()
        .await;
    let agent = Agent::answering(FASTAPI_CLIENT).await;
    let mut admin = app.admin().await;
    let body = json!({"name": "box", "url": agent.url(), "token": TOKEN});
    admin
        .json(Method::POST, "/api/add_computer", body.clone())
        .await;
    admin
        .until("/api/history/1", |h| !h.as_array().unwrap().is_empty())
        .await;
    admin.delete("/api/remove_computer/1").await;
    let again = admin
        .json(Method::POST, "/api/add_computer", body)
        .await
        .json();
    assert_eq!(again["id"], 2);
    assert_eq!(
        admin.get("/api/history/1").await.status,
        StatusCode::NOT_FOUND
    );
    // It can be restored, now under another name.
    let removed = admin.get("/api/removed_computers").await.json();
    assert_eq!(
        (&removed[0]["id"], &removed[0]["name"]),
        (&json!(1), &json!("box"))
    );
    let kept_ms =
        removed[0]["gone_ms"].as_i64().unwrap() - removed[0]["removed_ms"].as_i64().unwrap();
    assert_eq!(kept_ms, 7 * 86_400_000);
    let restore = "/api/restore_computer/1";
    let taken = admin.json(Method::POST, restore, json!({})).await;
    assert_eq!(taken.status, StatusCode::CONFLICT, "{}", taken.text());
    let back = admin
        .json(Method::POST, restore, json!({"name": "case"}))
        .await;
    assert_eq!(back.status, StatusCode::OK, "{}", back.text());
    let history = admin.get("/api/history/1").await.json();
    assert!(!history.as_array().unwrap().is_empty());
    admin
        .until("/api/computers/1", |c| c["status"] == "online")
        .await;
    assert_eq!(admin.get("/api/removed_computers").await.json(), json!([]));
    let gone = admin.json(Method::POST, restore, json!({})).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
}

/// A stored token is never shown, so it must not be sent to another host either.
#[tokio::test]
async fn a_stored_token_is_sent_only_to_its_own_host() {
    let app = TestApp::new().start().await;
    let agent = Agent::answering(FASTAPI_CLIENT).await;
    let mut admin = app.admin().await;
    let body = json!({"name": "box", "url": "http://box.invalid:8000", "token": TOKEN});
    admin.json(Method::POST, "/api/add_computer", body).await;
    for (method, path, body) in [
        (
            Method::POST,
            "/api/test_connection",
            json!({"id": 1, "url": agent.url()}),
        ),
        (
            Method::PATCH,
            "/api/computers/1",
            json!({"url": agent.url()}),
        ),
    ] {
        let answer = admin.json(method, path, body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert!(answer.error().contains("give its agent's token too"));
    }
    assert_eq!(agent.requests(), 0);
    // Nor to another port of that host, nor without TLS if it had TLS.
    let near = json!({"url": "http://box.invalid:8001"});
    let answer = admin.json(Method::PATCH, "/api/computers/1", near).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    for (url, expected) in [
        ("https://box.invalid:8000", StatusCode::OK),
        ("http://box.invalid:8000", StatusCode::BAD_REQUEST),
    ] {
        let moved = json!({"url": url});
        let answer = admin.json(Method::PATCH, "/api/computers/1", moved).await;
        assert_eq!(answer.status, expected, "{url}");
    }
    let with_token = json!({"url": agent.url(), "token": TOKEN});
    let answer = admin
        .json(Method::PATCH, "/api/computers/1", with_token)
        .await;
    assert_eq!(answer.status, StatusCode::OK);
    admin
        .until("/api/computers", |list| list[0]["status"] == "online")
        .await;
}

#[tokio::test]
async fn putting_a_computer_is_idempotent() {
    let app = TestApp::new().start().await;
    let mut admin = app.admin().await;
    let mut put = async |path: &str, body| {
        let answer = admin.json(Method::PUT, path, body).await;
        (answer.status, answer.json())
    };
    let body = json!({"url": "http://127.0.0.1:1", "token": TOKEN});
    let (status, answer) = put("/api/computers/db%201", body.clone()).await;
    assert_eq!(status, StatusCode::CREATED, "{answer}");
    assert_eq!(
        answer,
        json!({"id": 1, "is_new": true, "is_changed": false})
    );
    let (status, answer) = put("/api/computers/db%201", body).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        answer,
        json!({"id": 1, "is_new": false, "is_changed": false})
    );
    let moved = json!({"url": "http://127.0.0.1:2", "token": TOKEN, "name": "db 1"});
    let (_, answer) = put("/api/computers/db%201", moved).await;
    assert_eq!(
        answer,
        json!({"id": 1, "is_new": false, "is_changed": true})
    );
    for (path, body) in [
        ("/api/computers/x", json!({"url": "http://127.0.0.1:1"})),
        (
            "/api/computers/x",
            json!({"url": "nowhere", "token": TOKEN}),
        ),
        (
            "/api/computers/%20",
            json!({"url": "http://127.0.0.1:1", "token": TOKEN}),
        ),
        (
            "/api/computers/x",
            json!({"name": "y", "url": "http://127.0.0.1:1", "token": TOKEN}),
        ),
    ] {
        let (status, answer) = put(path, body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{answer}");
        assert!(answer["error"].is_string());
    }
    let computers = app.store.computers().await.unwrap();
    assert_eq!(computers.len(), 1);
    assert_eq!(computers[0].url, "http://127.0.0.1:2");
}
