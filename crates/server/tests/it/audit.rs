//! The audit log: each action is in it, and no secret is.

use crate::agents::{Agent, FASTAPI_CLIENT, TOKEN};
use crate::app::{Client, PASSWORD, Running, TestApp};
use http::{Method, StatusCode};
use muster_store::sqlite::{Missing, SqliteStore};
use muster_store::{Audit as _, AuditQuery};
use serde_json::{Value, json};

async fn entries(client: &mut Client, query: &str) -> Vec<Value> {
    let page = client.get(&format!("/api/audit?{query}")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    page.json()["entries"].as_array().unwrap().clone()
}

/// The newest entry: its action, its subject and its detail.
async fn newest(client: &mut Client) -> (String, Value, Value) {
    let entry = entries(client, "limit=1").await.remove(0);
    let action = entry["action"].as_str().unwrap().to_owned();
    (action, entry["subject"].clone(), entry["detail"].clone())
}

#[tokio::test]
async fn changes_to_computers_are_audited() {
    let app = TestApp::new().start().await;
    let agent = Agent::answering(FASTAPI_CLIENT).await;
    let mut admin = app.admin().await;
    let signed_in = entries(&mut admin, "").await.remove(0);
    assert_eq!(signed_in["action"], "signed_in");
    assert_eq!(
        (&signed_in["account"], &signed_in["address"]),
        (&json!("admin"), &json!("127.0.0.1"))
    );
    for (method, path, body, expected) in [
        (
            Method::POST,
            "/api/add_computer",
            json!({"name": "box", "url": "http://box.invalid:8000", "token": "hunter-2"}),
            (
                "computer_added",
                "box",
                json!({"url": {"to": "http://box.invalid:8000"}}),
            ),
        ),
        (
            Method::PATCH,
            "/api/computers/1",
            json!({"name": "case", "url": agent.url(), "token": TOKEN, "tags": ["x"], "note": ""}),
            (
                "computer_changed",
                "box",
                json!({
                    "name": {"from": "box", "to": "case"},
                    "url": {"from": "http://box.invalid:8000", "to": agent.url()},
                    "changed": ["token", "tags"],
                }),
            ),
        ),
        (
            Method::PUT,
            "/api/computers/case",
            json!({"url": agent.url(), "token": TOKEN, "note": "new"}),
            ("computer_changed", "case", json!({"changed": ["note"]})),
        ),
        (
            Method::PUT,
            "/api/computers/other",
            json!({"url": "http://other.invalid", "token": "hunter-3"}),
            (
                "computer_added",
                "other",
                json!({"url": {"to": "http://other.invalid"}}),
            ),
        ),
        (
            Method::POST,
            "/api/test_connection",
            json!({"id": 1}),
            ("connection_tested", &agent.url(), json!({"result": "ok"})),
        ),
        (
            Method::POST,
            "/api/test_connection",
            json!({"url": "http://127.0.0.1:1", "token": "hunter-4"}),
            (
                "connection_tested",
                "http://127.0.0.1:1",
                json!({"result": "connection refused", "result_code": "connection_refused"}),
            ),
        ),
        (
            Method::DELETE,
            "/api/remove_computer/1",
            json!({}),
            ("computer_removed", "case", Value::Null),
        ),
        (
            Method::POST,
            "/api/restore_computer/1",
            json!({}),
            ("computer_restored", "case", Value::Null),
        ),
    ] {
        let answer = admin.json(method, path, body).await;
        assert!(answer.status.is_success(), "{}", answer.text());
        let (action, subject, detail) = newest(&mut admin).await;
        assert_eq!(
            (action.as_str(), subject, detail),
            (expected.0, json!(expected.1), expected.2)
        );
    }
    // The same change again has no effect and is not recorded.
    let count = entries(&mut admin, "").await.len();
    let same = json!({"url": "http://other.invalid", "token": "hunter-3"});
    admin.json(Method::PUT, "/api/computers/other", same).await;
    assert_eq!(entries(&mut admin, "").await.len(), count);
    no_secret_in(&app, &["hunter-", PASSWORD]).await;
}

#[tokio::test]
async fn account_actions_are_audited() {
    let app = TestApp::new().start().await;
    let mut admin = app.admin().await;
    let made = json!({"username": "eve", "password": "long enough", "role": "viewer"});
    admin.json(Method::POST, "/api/accounts", made).await;
    let mut eve = app.signed_in("eve", "long enough").await;
    let change = json!({"role": "administrator"});
    admin.json(Method::PATCH, "/api/accounts/2", change).await;
    let body = json!({"name": "backup", "access": "full"});
    let token = eve.json(Method::POST, "/api/tokens", body).await.json()["token"].clone();
    let token = token.as_str().unwrap().to_owned();
    let mut script = app
        .visitor()
        .with_header("authorization", &format!("Bearer {token}"));
    let put = json!({"url": "http://box.invalid", "token": "t0ken"});
    script.json(Method::PUT, "/api/computers/box", put).await;
    let by_token = entries(&mut admin, "account=eve&action=computer_added")
        .await
        .remove(0);
    assert_eq!(by_token["token"], "backup");
    eve.delete("/api/tokens/1").await;
    let there = app.signed_in("eve", "long enough").await;
    let sessions = eve.get("/api/sessions").await.json()["sessions"].clone();
    let mut others = sessions.as_array().unwrap().iter();
    let other = others.find(|one| one["is_current"] == false).unwrap();
    eve.delete(&format!("/api/sessions/{}", other["id"].as_str().unwrap()))
        .await;
    assert!(there.cookie.is_some());
    eve.delete("/api/sessions").await;
    let fields = |current| {
        [
            ("current_password", current),
            ("new_password", "longer still"),
            ("confirm_password", "longer still"),
        ]
    };
    eve.form("/change_password", &fields("a wrong guess")).await;
    eve.form("/change_password", &fields("long enough")).await;
    eve.get("/logout").await;
    app.visitor().sign_in("eve\n", "wrong-password").await;
    let reset = json!({"password": "set by others"});
    admin.json(Method::PATCH, "/api/accounts/2", reset).await;
    admin.delete("/api/accounts/2").await;

    let said: Vec<String> = entries(&mut admin, "")
        .await
        .iter()
        .rev()
        .map(|entry| {
            let word = |name: &str| entry[name].as_str().unwrap_or("-").to_owned();
            let detail = match &entry["detail"] {
                Value::Null => String::new(),
                detail => format!(" {detail}"),
            };
            format!(
                "{} {} {}{detail}",
                word("account"),
                word("action"),
                word("subject")
            )
        })
        .collect();
    assert_eq!(
        said,
        [
            r#"- account_added admin {"role":"administrator"}"#,
            "admin signed_in -",
            r#"admin account_added eve {"role":"viewer"}"#,
            "eve signed_in -",
            r#"admin role_changed eve {"role":"administrator"}"#,
            r#"eve token_made backup {"access":"full"}"#,
            r#"eve computer_added box {"url":{"to":"http://box.invalid"}}"#,
            "eve token_revoked backup",
            "eve signed_in -",
            "eve session_ended 127.0.0.1",
            "eve other_sessions_ended -",
            "- sign_in_failed eve",
            "eve password_changed -",
            "eve signed_out -",
            "- sign_in_failed eve",
            "admin password_set eve",
            "admin account_removed eve",
        ]
    );
    let secrets = [
        "long enough",
        "longer still",
        "wrong-password",
        "a wrong guess",
        "set by",
        "t0ken",
        &token,
    ];
    no_secret_in(&app, &secrets).await;
}

async fn no_secret_in(app: &Running, secrets: &[&str]) {
    let all = AuditQuery {
        limit: 500,
        ..AuditQuery::default()
    };
    let written = format!("{:?}", app.store.audit_entries(&all).await.unwrap());
    for secret in secrets {
        assert!(!written.contains(secret), "{secret}: {written}");
    }
}

#[tokio::test]
async fn many_failed_logins_are_summarized() {
    let app = TestApp::new().trusting("127.0.0.1/32").start().await;
    for n in 0..30 {
        let mut client = app.visitor().with_header("x-forwarded-for", "192.0.2.7");
        client.sign_in(&format!("user{n}"), "wrong").await;
    }
    let other = "192.0.2.8";
    let mut client = app.visitor().with_header("x-forwarded-for", other);
    client.sign_in("admin", "wrong").await;
    let (_, folder) = app.stop().await;
    let path = folder.path().join("stats.db");
    let store = SqliteStore::open(&path, Missing::Refuse).await.unwrap();
    let failed = AuditQuery {
        limit: 100,
        action: Some("sign_in_failed".to_owned()),
        ..AuditQuery::default()
    };
    let entries = store.audit_entries(&failed).await.unwrap();
    let said: Vec<_> = entries
        .iter()
        .map(|found| &found.entry)
        .map(|entry| {
            (
                entry.address.as_deref(),
                entry.subject.as_deref(),
                entry.detail.as_deref(),
            )
        })
        .collect();
    // The rest is summarized when the server stops.
    assert_eq!(said[0], (Some("192.0.2.7"), None, Some(r#"{"count":25}"#)));
    assert_eq!(said[1], (Some(other), Some("admin"), None));
    assert_eq!(said[6], (Some("192.0.2.7"), Some("user0"), None));
    assert_eq!(said.len(), 7);
}

#[tokio::test]
async fn audit_log_is_paged_and_searchable() {
    let app = TestApp::new().start().await;
    let mut admin = app.admin().await;
    for n in 0..5 {
        let body = json!({"url": format!("http://box-{n}.invalid"), "token": "t"});
        admin
            .json(Method::PUT, &format!("/api/computers/box-{n}"), body)
            .await;
    }
    let first = entries(&mut admin, "limit=2").await;
    let before = first[1]["id"].as_i64().unwrap();
    let next = entries(&mut admin, &format!("limit=2&before={before}")).await;
    assert_eq!(
        (&first[0]["subject"], &next[0]["subject"]),
        (&json!("box-4"), &json!("box-2"))
    );
    assert_eq!(entries(&mut admin, "q=BOX-3").await.len(), 1);
    assert_eq!(entries(&mut admin, "account=nobody").await.len(), 0);
    assert_eq!(
        entries(&mut admin, "action=signed_in&account=admin")
            .await
            .len(),
        1
    );
    for wrong in [
        "limit=0",
        "limit=501",
        "before=x",
        &format!("q={}", "x".repeat(201)),
    ] {
        let answer = admin.get(&format!("/api/audit?{wrong}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
}
