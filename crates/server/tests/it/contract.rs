//! The API contract of the Flask server, row by row.

use crate::agents::{Agent, FASTAPI_CLIENT, TOKEN};
use crate::app::{PASSWORD, TestApp};
use http::{Method, StatusCode};
use serde_json::json;

#[tokio::test]
async fn pages_lead_to_the_login_and_open_after_it() {
    let app = TestApp::new().start().await;
    let mut visitor = app.visitor();
    for page in ["/", "/manage", "/change_password", "/logout"] {
        let answer = visitor.get(page).await;
        assert_eq!(
            (answer.status, answer.location()),
            (StatusCode::FOUND, "/login"),
            "{page}"
        );
    }
    assert_eq!(visitor.get("/login").await.status, StatusCode::OK);
    let mut admin = app.admin().await;
    for page in ["/", "/manage", "/change_password", "/computer/1"] {
        let answer = admin.get(page).await;
        assert_eq!(answer.status, StatusCode::OK, "{page}");
        assert!(answer.text().contains("<base href=\"/\""), "{page}");
    }
}

#[tokio::test]
async fn signing_in_and_out() {
    let app = TestApp::new().start().await;
    let mut client = app.visitor();
    let wrong = client.sign_in("admin", "wrong").await;
    assert_eq!(wrong.status, StatusCode::OK);
    assert!(wrong.text().contains("Wrong user name or password."));
    let data =
        "data-problem=\"{&quot;code&quot;:&quot;wrong_credentials&quot;,&quot;params&quot;:{}}\"";
    assert!(wrong.text().contains(data));
    let right = client.sign_in("admin", PASSWORD).await;
    assert_eq!((right.status, right.location()), (StatusCode::FOUND, "/"));
    assert!(
        right.headers["set-cookie"]
            .to_str()
            .unwrap()
            .contains("HttpOnly")
    );
    assert_eq!(client.get("/api/computers").await.status, StatusCode::OK);
    let out = client.clone().get("/logout").await;
    assert_eq!((out.status, out.location()), (StatusCode::FOUND, "/login"));
    assert_eq!(
        client.get("/api/computers").await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn a_computer_from_adding_to_removing() {
    let app = TestApp::new().start().await;
    let agent = Agent::answering(FASTAPI_CLIENT).await;
    let mut admin = app.admin().await;
    let box_ = json!({"name": "box", "url": agent.url(), "token": TOKEN});
    let added = admin
        .json(Method::POST, "/api/add_computer", box_.clone())
        .await;
    assert_eq!(added.status, StatusCode::OK);
    assert_eq!(added.json()["message"], "Computer added successfully");

    let stats = admin.until("/api/stats/1", |stats| !stats.is_null()).await;
    assert_eq!(stats["cpu_percent"], 12.5);
    assert_eq!(stats["memory_used"], 383_811_584);
    assert_eq!(stats["network_sent_per_sec"], 237_480.381_912_361);
    assert_eq!(
        stats["timestamp"].as_str().unwrap().len(),
        "2026-11-23 22:12:44".len()
    );
    assert_eq!(stats.as_object().unwrap().len(), 12);

    let list = admin.get("/api/computers").await.json();
    assert_eq!(list[0]["status"], "online");
    assert_eq!(
        list[0]["last_seen"].as_str().unwrap().len(),
        "2026-11-23 22:12:44.253495".len()
    );
    assert!(!list.to_string().contains(TOKEN));

    let processes = admin.get("/api/processes/1").await.json();
    assert_eq!(processes["computer_name"], "box");
    assert_eq!(processes["processes"][0]["name"], "postgres");
    assert_eq!(processes["processes"][0].as_object().unwrap().len(), 5);

    let history = admin
        .until("/api/history/1?hours=24", |h| {
            !h.as_array().unwrap().is_empty()
        })
        .await;
    assert_eq!(history[0]["memory_percent"], 1.5);
    assert!(history[0]["network_recv_per_sec"].is_number());

    assert_eq!(
        admin
            .json(Method::POST, "/api/add_computer", box_)
            .await
            .status,
        StatusCode::CONFLICT
    );
    let removed = admin.delete("/api/remove_computer/1").await;
    assert_eq!(
        removed.json()["message"],
        "Computer \"box\" removed successfully"
    );
    assert_eq!(admin.get("/api/computers").await.json(), json!([]));
    assert_eq!(
        admin.delete("/api/remove_computer/1").await.error(),
        "Computer not found"
    );
}

#[tokio::test]
async fn computers_are_listed_by_name() {
    let app = TestApp::new().start().await;
    let mut admin = app.admin().await;
    for name in ["zebra", "Äpfel", "ant"] {
        let body = json!({"name": name, "url": "http://127.0.0.1:1", "token": TOKEN});
        admin.json(Method::POST, "/api/add_computer", body).await;
    }
    let list = admin.get("/api/computers").await.json();
    let names: Vec<&str> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["ant", "zebra", "Äpfel"]);
    assert!(list[0]["last_seen"].is_null());
    assert_eq!(admin.get("/api/stats/1").await.text(), "null");
    assert_eq!(admin.get("/api/history/1").await.json(), json!([]));
}

#[tokio::test]
async fn missing_and_invalid_fields_are_reported() {
    let app = TestApp::new().start().await;
    let mut admin = app.admin().await;
    for body in [
        json!({}),
        json!({"name": "box", "url": "http://box"}),
        json!({"name": " ", "url": "http://box", "token": "t"}),
    ] {
        let answer = admin.json(Method::POST, "/api/add_computer", body).await;
        assert_eq!(
            (answer.status, answer.error().as_str()),
            (StatusCode::BAD_REQUEST, "Missing required fields")
        );
        assert_eq!(answer.json()["code"], "missing_fields");
        assert_eq!(answer.json()["params"], json!({}));
    }
    let answer = admin.form("/api/add_computer", &[("name", "box")]).await;
    assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let answer = admin
        .send(
            Method::POST,
            "/api/add_computer",
            "application/json",
            "{".into(),
        )
        .await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let answer = admin
        .json(Method::POST, "/api/add_computer", json!({"name": 5}))
        .await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    for path in [
        "/api/stats/7",
        "/api/history/7",
        "/api/processes/7",
        "/api/series/7",
        "/api/computers/7",
        "/api/stats/x",
    ] {
        let answer = admin.get(path).await;
        assert_eq!(
            (answer.status, answer.error().as_str()),
            (StatusCode::NOT_FOUND, "Computer not found"),
            "{path}"
        );
    }
    assert_eq!(
        admin.get("/api/nothing").await.status,
        StatusCode::NOT_FOUND
    );
    let answer = admin.delete("/api/computers").await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    let large = json!({"name": "x".repeat(100_000)});
    let answer = admin.json(Method::POST, "/api/add_computer", large).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn changing_the_password() {
    let app = TestApp::new().start().await;
    let mut admin = app.admin().await;
    let mut elsewhere = app.admin().await;
    let form = |current, new, confirm| {
        [
            ("current_password", current),
            ("new_password", new),
            ("confirm_password", confirm),
        ]
    };
    for (fields, message) in [
        (
            form("wrong", "a new password", "a new password"),
            "The current password is wrong.",
        ),
        (
            form(PASSWORD, "a new password", "another"),
            "The two new passwords differ.",
        ),
        (form(PASSWORD, "short", "short"), "at least 8 characters"),
    ] {
        let answer = admin.form("/change_password", &fields).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(answer.text().contains(message), "{message}");
    }
    let before = admin.clone();
    let answer = admin
        .form(
            "/change_password",
            &form(PASSWORD, "a new password", "a new password"),
        )
        .await;
    assert_eq!((answer.status, answer.location()), (StatusCode::FOUND, "/"));
    assert_ne!(
        admin.cookie, before.cookie,
        "one's own session gets a new id"
    );
    assert_eq!(admin.get("/api/session").await.status, StatusCode::OK);
    for client in [&mut before.clone(), &mut elsewhere] {
        assert_eq!(
            client.get("/api/session").await.status,
            StatusCode::UNAUTHORIZED
        );
    }
    app.signed_in("admin", "a new password").await;
}
