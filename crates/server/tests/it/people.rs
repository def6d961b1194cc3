//! Accounts, own sessions, and API tokens.

use crate::app::{Answer, Client, PASSWORD, Running, TestApp};
use http::{Method, StatusCode};
use muster_store::Accounts as _;
use serde_json::{Value, json};

async fn token(client: &mut Client, name: &str, access: &str) -> Answer {
    let body = json!({"name": name, "access": access});
    client.json(Method::POST, "/api/tokens", body).await
}

fn bearer(app: &Running, answer: &Answer) -> Client {
    let token = answer.json()["token"].as_str().unwrap().to_owned();
    app.visitor()
        .with_header("authorization", &format!("Bearer {token}"))
}

#[tokio::test]
async fn a_token_works_until_it_is_revoked() {
    let app = TestApp::new().start().await;
    let mut admin = app.admin().await;
    let made = token(&mut admin, "backup script", "full").await;
    assert_eq!(made.status, StatusCode::CREATED);
    let mut script = bearer(&app, &made);
    assert_eq!(script.get("/api/session").await.json()["username"], "admin");
    let body = json!({"url": "http://box:8000", "token": "t"});
    let put = script.json(Method::PUT, "/api/computers/box", body).await;
    assert_eq!(put.status, StatusCode::CREATED);

    let listed = admin.get("/api/tokens").await;
    assert!(
        !listed
            .text()
            .contains(made.json()["token"].as_str().unwrap())
    );
    let entry = listed.json()["tokens"][0].clone();
    assert_eq!(
        (&entry["name"], &entry["access"]),
        (&json!("backup script"), &json!("full"))
    );
    assert!(entry["used_ms"].is_i64());

    let revoke = format!("/api/tokens/{}", entry["id"]);
    assert_eq!(admin.delete(&revoke).await.status, StatusCode::OK);
    assert_eq!(
        script.get("/api/session").await.status,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(admin.delete(&revoke).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_read_only_token_changes_nothing() {
    let app = TestApp::new().start().await;
    let mut admin = app.admin().await;
    let mut script = bearer(&app, &token(&mut admin, "look", "read").await);
    assert_eq!(script.get("/api/overview").await.status, StatusCode::OK);
    let body = json!({"url": "http://box:8000", "token": "t"});
    let put = script.json(Method::PUT, "/api/computers/box", body).await;
    assert_eq!(put.status, StatusCode::FORBIDDEN);
    assert_eq!(
        put.error(),
        "This token is read-only: it cannot change anything."
    );
    assert_eq!(
        token(&mut script, "more", "full").await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        script.delete("/api/sessions").await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(script.get("/logout").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_token_may_do_what_its_account_may() {
    let app = TestApp::new().start().await;
    let mut viewer = app.viewer().await;
    let mut script = bearer(&app, &token(&mut viewer, "all", "full").await);
    assert_eq!(script.get("/api/computers").await.status, StatusCode::OK);
    assert_eq!(
        script.get("/api/accounts").await.status,
        StatusCode::FORBIDDEN
    );
    // A session does not make up for a wrong token; a token in another format is ignored.
    let wrong = format!("Bearer muster_{}", "0".repeat(64));
    let mut wrong = viewer.clone().with_header("authorization", &wrong);
    assert_eq!(
        wrong.get("/api/session").await.status,
        StatusCode::UNAUTHORIZED
    );
    let mut proxied = viewer
        .clone()
        .with_header("authorization", "Bearer eyJhbGciOi");
    assert_eq!(proxied.get("/api/session").await.status, StatusCode::OK);
}

/// A stolen token works until it is revoked, and no longer.
#[tokio::test]
async fn a_token_cannot_make_itself_permanent() {
    let app = TestApp::new().start().await;
    let mut admin = app.admin().await;
    let mut script = bearer(&app, &token(&mut admin, "all", "full").await);
    let account = json!({"username": "eve", "password": "long enough", "role": "administrator"});
    for (method, path, body) in [
        (
            Method::POST,
            "/api/tokens",
            json!({"name": "more", "access": "full"}),
        ),
        (Method::DELETE, "/api/tokens/1", json!({})),
        (Method::DELETE, "/api/sessions", json!({})),
        (Method::POST, "/api/accounts", account),
        (
            Method::PATCH,
            "/api/accounts/1",
            json!({"password": "long enough"}),
        ),
        (Method::DELETE, "/api/accounts/1", json!({})),
    ] {
        let answer = script.json(method, path, body).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        assert_eq!(
            answer.error(),
            "An API token cannot do this: sign in with a browser."
        );
    }
    assert_eq!(app.store.users().await.unwrap().len(), 1);
    assert_eq!(admin.get("/api/session").await.status, StatusCode::OK);
}

/// The limit is checked on insertion, so parallel requests cannot exceed a hundred.
#[tokio::test]
async fn parallel_requests_get_no_extra_tokens() {
    let app = TestApp::new().start().await;
    let admin = app.admin().await;
    let making = (0..110).map(|n| {
        let mut client = admin.clone();
        tokio::spawn(async move { token(&mut client, &n.to_string(), "read").await.status })
    });
    let mut made = 0;
    for status in making.collect::<Vec<_>>() {
        made += usize::from(status.await.unwrap() == StatusCode::CREATED);
    }
    assert_eq!(made, 100);
}

#[tokio::test]
async fn invalid_tokens_are_reported() {
    let app = TestApp::new().start().await;
    let mut admin = app.admin().await;
    for (name, access, status) in [
        ("a", "write", StatusCode::BAD_REQUEST),
        (" ", "read", StatusCode::BAD_REQUEST),
        ("a", "read", StatusCode::CREATED),
        (" a ", "full", StatusCode::CONFLICT),
    ] {
        assert_eq!(
            token(&mut admin, name, access).await.status,
            status,
            "{name:?} {access}"
        );
    }
    let empty = admin.json(Method::POST, "/api/tokens", json!({})).await;
    assert_eq!(empty.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn own_sessions_are_listed_and_ended() {
    let app = TestApp::new().start().await;
    let mut here = app.visitor().with_header("user-agent", "Browser One");
    here.sign_in("admin", PASSWORD).await;
    let mut there = app.admin().await;
    let mut viewer = app.viewer().await;
    let sessions = here.get("/api/sessions").await.json()["sessions"].clone();
    assert_eq!(sessions.as_array().unwrap().len(), 2);
    let find = |current: bool| {
        let mut all = sessions.as_array().unwrap().iter();
        all.find(|session| session["is_current"] == current)
            .unwrap()
            .clone()
    };
    assert_eq!(find(true)["browser"], "Browser One");
    assert_eq!(find(true)["address"], "127.0.0.1");
    let other = format!("/api/sessions/{}", find(false)["id"].as_str().unwrap());
    assert_eq!(viewer.delete(&other).await.status, StatusCode::NOT_FOUND);
    assert_eq!(here.delete(&other).await.status, StatusCode::OK);
    assert_eq!(
        there.get("/api/session").await.status,
        StatusCode::UNAUTHORIZED
    );
    there.sign_in("admin", PASSWORD).await;
    assert_eq!(here.delete("/api/sessions").await.status, StatusCode::OK);
    assert_eq!(
        there.get("/api/session").await.status,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(here.get("/api/session").await.status, StatusCode::OK);
    assert_eq!(viewer.get("/api/session").await.status, StatusCode::OK);
}

async fn account(client: &mut Client, body: Value) -> Answer {
    client.json(Method::POST, "/api/accounts", body).await
}

#[tokio::test]
async fn accounts_are_made_changed_and_removed() {
    let app = TestApp::new().start().await;
    let mut admin = app.admin().await;
    let body = json!({"username": "eve", "password": "long enough", "role": "viewer"});
    let made = account(&mut admin, body.clone()).await;
    assert_eq!(made.status, StatusCode::CREATED);
    assert_eq!(account(&mut admin, body).await.status, StatusCode::CONFLICT);
    let mut eve = app.signed_in("eve", "long enough").await;
    let path = format!("/api/accounts/{}", made.json()["id"]);

    let listed = admin.get("/api/accounts").await;
    assert!(!listed.text().contains("argon2"));
    let eves = listed.json()["accounts"][1].clone();
    assert_eq!(
        (&eves["username"], &eves["is_self"]),
        (&json!("eve"), &json!(false))
    );
    assert!(eves["used_ms"].is_i64());
    assert_eq!(eve.get("/api/accounts").await.status, StatusCode::FORBIDDEN);

    let promote = json!({"role": "administrator"});
    admin.json(Method::PATCH, &path, promote).await;
    assert_eq!(eve.get("/api/accounts").await.status, StatusCode::OK);
    let reset = json!({"password": "another one"});
    assert_eq!(
        admin.json(Method::PATCH, &path, reset).await.status,
        StatusCode::OK
    );
    assert_eq!(
        eve.get("/api/session").await.status,
        StatusCode::UNAUTHORIZED
    );
    let mut eve = app.signed_in("eve", "another one").await;
    assert_eq!(admin.delete(&path).await.status, StatusCode::OK);
    assert_eq!(
        eve.get("/api/session").await.status,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(admin.delete(&path).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_last_administrator_cannot_be_removed() {
    let app = TestApp::new().start().await;
    let mut admin = app.admin().await;
    let accounts = admin.get("/api/accounts").await.json();
    let path = format!("/api/accounts/{}", accounts["accounts"][0]["id"]);
    assert_eq!(admin.delete(&path).await.status, StatusCode::CONFLICT);
    let demote = json!({"role": "viewer"});
    let demoted = admin.json(Method::PATCH, &path, demote).await;
    assert_eq!(demoted.status, StatusCode::CONFLICT);
    for body in [
        json!({}),
        json!({"role": "god"}),
        json!({"password": "short"}),
        // If one of two changes is invalid, neither is made.
        json!({"role": "administrator", "password": "admin123"}),
    ] {
        let answer = admin.json(Method::PATCH, &path, body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    }
    for body in [
        json!({"username": "", "password": "long enough", "role": "viewer"}),
        json!({"username": "eve", "password": "short", "role": "viewer"}),
        json!({"username": "eve", "password": "long enough", "role": "root"}),
    ] {
        assert_eq!(
            account(&mut admin, body).await.status,
            StatusCode::BAD_REQUEST
        );
    }
}
