//! Changes sent by another site are refused; scripts are served.

use crate::app::{PASSWORD, TestApp};
use http::{Method, StatusCode};
use serde_json::json;

#[tokio::test]
async fn cross_origin_changes_are_refused() {
    let app = TestApp::new().start().await;
    let admin = app.admin().await;
    let own = format!("http://{}", app.address);
    for (name, value, expected) in [
        ("sec-fetch-site", "cross-site", StatusCode::FORBIDDEN),
        ("sec-fetch-site", "same-site", StatusCode::FORBIDDEN),
        ("sec-fetch-site", "same-origin", StatusCode::BAD_REQUEST),
        ("sec-fetch-site", "none", StatusCode::BAD_REQUEST),
        ("origin", "http://evil.example", StatusCode::FORBIDDEN),
        ("origin", "null", StatusCode::FORBIDDEN),
        ("origin", own.as_str(), StatusCode::BAD_REQUEST),
        ("x-script", "1", StatusCode::BAD_REQUEST),
    ] {
        let mut client = admin.clone().with_header(name, value);
        let answer = client
            .json(Method::POST, "/api/add_computer", json!({}))
            .await;
        assert_eq!(answer.status, expected, "{name}: {value}");
    }
}

#[tokio::test]
async fn another_site_cannot_sign_anybody_in_or_out() {
    let app = TestApp::new().start().await;
    let mut client = app.visitor().with_header("sec-fetch-site", "cross-site");
    assert_eq!(
        client.sign_in("admin", PASSWORD).await.status,
        StatusCode::FORBIDDEN
    );
    let admin = app.admin().await;
    let mut lured = admin.clone().with_header("sec-fetch-site", "cross-site");
    assert_eq!(lured.get("/logout").await.status, StatusCode::FORBIDDEN);
    assert_eq!(
        admin.clone().get("/api/session").await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn every_answer_has_its_headers() {
    let app = TestApp::new().start().await;
    let mut client = app.visitor();
    for path in ["/login", "/api/computers", "/nowhere", "/healthz"] {
        let answer = client.get(path).await;
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.contains("default-src 'none'") && !policy.contains("unsafe"),
            "{path}"
        );
        assert_eq!(
            answer.headers["x-content-type-options"], "nosniff",
            "{path}"
        );
        assert_eq!(answer.headers["cache-control"], "no-store", "{path}");
    }
}
