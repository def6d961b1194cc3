//! Protection against browsers and strangers: headers, limits, and denied addresses.

use crate::agents::{Agent, FASTAPI_CLIENT, MUSTER_AGENT, TOKEN};
use crate::app::{Running, TestApp};
use http::{Method, StatusCode};
use muster_store::{Computers as _, NewComputer};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

#[tokio::test]
async fn every_response_has_security_headers() {
    let app = TestApp::new().start().await;
    let mut admin = app.admin().await;
    let mut visitor = app.visitor();
    for path in [
        "/login",
        "/",
        "/api/computers",
        "/api/audit",
        "/nowhere",
        "/healthz",
    ] {
        for answer in [admin.get(path).await, visitor.get(path).await] {
            for (name, value) in [
                ("x-content-type-options", "nosniff"),
                ("x-frame-options", "DENY"),
                ("referrer-policy", "same-origin"),
                ("cross-origin-opener-policy", "same-origin"),
                ("cross-origin-resource-policy", "same-origin"),
                ("cache-control", "no-store"),
            ] {
                assert_eq!(answer.headers[name], value, "{path}: {name}");
            }
            let policy = answer.headers["content-security-policy"].to_str().unwrap();
            assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
            let permissions = answer.headers["permissions-policy"].to_str().unwrap();
            assert!(permissions.contains("geolocation=()"), "{permissions}");
            assert!(!answer.headers.contains_key("strict-transport-security"));
        }
    }
}

#[tokio::test]
async fn hsts_is_sent_only_over_tls() {
    let behind = TestApp::new().trusting("127.0.0.1/32").start().await;
    let alone = TestApp::new().start().await;
    for (app, proto, expected) in [
        (&behind, "https", Some("max-age=31536000")),
        (&behind, "http", None),
        // Any client can send this header.
        (&alone, "https", None),
    ] {
        let mut client = app.visitor().with_header("x-forwarded-proto", proto);
        let answer = client.get("/login").await;
        let told = answer.headers.get("strict-transport-security");
        assert_eq!(
            told.map(|value| value.to_str().unwrap()),
            expected,
            "{proto}"
        );
    }
}

/// The server's response to these bytes.
async fn raw(app: &Running, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(app.address).await.unwrap();
    // The server may close the connection before all is sent.
    let _ = stream.write_all(request).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn a_request_must_have_exactly_one_host() {
    let app = TestApp::new().start().await;
    for (hosts, expected) in [
        ("Host: one.example\r\n", "HTTP/1.1 200"),
        ("Host: one.example\r\nHost: two.example\r\n", "HTTP/1.1 400"),
        ("Host: one.example\r\nHost: one.example\r\n", "HTTP/1.1 400"),
        ("", "HTTP/1.1 400"),
    ] {
        let request = format!("GET /healthz HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n");
        let answer = raw(&app, request.as_bytes()).await;
        assert!(answer.starts_with(expected), "{hosts:?}: {answer}");
    }
}

#[tokio::test]
async fn request_sizes_are_bounded() {
    let app = TestApp::new().start().await;
    let head = |extra: &str| {
        format!("GET /healthz HTTP/1.1\r\nHost: x\r\n{extra}Connection: close\r\n\r\n")
    };
    let many: String = (0..200).map(|n| format!("X-{n}: y\r\n")).collect();
    let large = |bytes| format!("X: {}\r\n", "y".repeat(bytes));
    for extra in [many, large(100_000), large(34_000)] {
        let answer = raw(&app, head(&extra).as_bytes()).await;
        assert!(
            answer.starts_with("HTTP/1.1 431"),
            "{} {answer}",
            extra.len()
        );
    }
    let mut admin = app.admin().await;
    let long = json!({"name": "x".repeat(70_000)});
    for (path, kind, body, size) in [
        (
            "/api/add_computer",
            "application/json",
            long.to_string(),
            "json",
        ),
        (
            "/api/accounts",
            "application/json",
            long.to_string(),
            "json",
        ),
        (
            "/login",
            "application/x-www-form-urlencoded",
            format!("username={}", "x".repeat(20_000)),
            "form",
        ),
        (
            "/change_password",
            "application/x-www-form-urlencoded",
            format!("new_password={}", "x".repeat(20_000)),
            "form",
        ),
    ] {
        let answer = admin.send(Method::POST, path, kind, body.into()).await;
        assert_eq!(
            answer.status,
            StatusCode::PAYLOAD_TOO_LARGE,
            "{path} {size}"
        );
    }
}

#[tokio::test]
async fn another_port_of_the_same_host_is_another_origin() {
    let app = TestApp::new().start().await;
    let admin = app.admin().await;
    let port = app.address.port();
    for (origin, expected) in [
        (format!("http://127.0.0.1:{port}"), StatusCode::BAD_REQUEST),
        (
            format!("http://127.0.0.1:{}", port ^ 1),
            StatusCode::FORBIDDEN,
        ),
        ("http://127.0.0.1".to_owned(), StatusCode::FORBIDDEN),
    ] {
        let mut client = admin.clone().with_header("origin", &origin);
        let answer = client
            .json(Method::POST, "/api/add_computer", json!({}))
            .await;
        assert_eq!(answer.status, expected, "{origin}");
    }
}

#[tokio::test]
async fn connection_tests_are_rate_limited() {
    let app = TestApp::new().start().await;
    let mut admin = app.admin().await;
    let body = json!({"url": "http://127.0.0.1:1", "token": "t"});
    for _ in 0..10 {
        let tested = admin
            .json(Method::POST, "/api/test_connection", body.clone())
            .await;
        assert_eq!(tested.status, StatusCode::OK);
    }
    let refused = admin.json(Method::POST, "/api/test_connection", body).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(
        refused.error().starts_with("Too many connection tests"),
        "{}",
        refused.error()
    );
    assert_eq!(refused.json()["code"], "too_many_tests");
    assert_eq!(refused.json()["params"]["account_limit"], 10);
    let wait: u64 = refused.headers["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
}

/// A connection test shows what kind of server answers, but nothing of its response.
#[tokio::test]
async fn a_connection_test_reveals_nothing_of_the_response() {
    let app = TestApp::new().start().await;
    let mut admin = app.admin().await;
    let json_answer = Agent::answering(r#"{"memory": "SECRET-1"}"#).await;
    let banner = Agent::start(|_| b"SSH-2.0-SECRET-2\r\n".to_vec()).await;
    let status = Agent::start(|_| {
        b"HTTP/1.1 503 SECRET-3\r\nX: SECRET-4\r\nContent-Length: 8\r\n\r\nSECRET-5".to_vec()
    })
    .await;
    for (agent, text, code) in [
        (
            &json_answer,
            "answered something that is not system information",
            json!({"reason_code": "not_system_info", "reason_params": {}}),
        ),
        (
            &banner,
            "what listens there does not speak HTTP",
            json!({"reason_code": "not_http", "reason_params": {}}),
        ),
        (
            &status,
            "answered 503 Service Unavailable",
            json!({"reason_code": "http_status",
                "reason_params": {"status": 503, "phrase": "Service Unavailable"}}),
        ),
    ] {
        let body = json!({"url": agent.url(), "token": TOKEN});
        let tested = admin.json(Method::POST, "/api/test_connection", body).await;
        let expected = json!({"ok": false, "reason": text, "reason_code": code["reason_code"],
            "reason_params": code["reason_params"]});
        assert_eq!(tested.json(), expected);
    }
}

#[tokio::test]
async fn denied_addresses_are_never_connected_to() {
    let agent = Agent::answering(MUSTER_AGENT).await;
    let port = agent.url().rsplit(':').next().unwrap().to_owned();
    let app = TestApp::new()
        .denying("127.0.0.0/8")
        .denying("::1/128")
        .start()
        .await;
    let mut admin = app.admin().await;
    for (host, address) in [
        ("127.0.0.1", "127.0.0.1"),
        ("2130706433", "127.0.0.1"),
        ("[::ffff:127.0.0.1]", "::ffff:127.0.0.1"),
        ("0.0.0.0", "0.0.0.0"),
    ] {
        let body = json!({"url": format!("http://{host}:{port}"), "token": TOKEN});
        let tested = admin.json(Method::POST, "/api/test_connection", body).await;
        let reason = format!("this server may not connect to {address} (--deny-targets)");
        assert_eq!(tested.json()["reason"], reason, "{host}");
    }
    // A name is checked by the addresses it resolves to, in polls and in tests.
    let computer = NewComputer {
        name: "box".to_owned(),
        url: format!("http://localhost:{port}"),
        token: TOKEN.to_owned(),
        ..NewComputer::default()
    };
    app.store.add_computer(&computer).await.unwrap();
    let denied = |list: &serde_json::Value| {
        let reason = list[0]["reason"].as_str().unwrap_or_default();
        reason.starts_with("this server may not connect to ")
    };
    admin.until("/api/computers", denied).await;
    assert_eq!(agent.connections(), 0);
}

#[tokio::test]
async fn cloud_metadata_addresses_are_always_denied() {
    let app = TestApp::new().start().await;
    let mut admin = app.admin().await;
    for host in ["169.254.169.254", "[::ffff:a9fe:a9fe]", "[fd00:ec2::254]"] {
        let body = json!({"url": format!("http://{host}/"), "token": "t"});
        let tested = admin.json(Method::POST, "/api/test_connection", body).await;
        let reason = tested.json()["reason"].as_str().unwrap().to_owned();
        assert!(
            reason.starts_with("this server may not connect to "),
            "{reason}"
        );
    }
}

#[tokio::test]
async fn a_computer_name_of_dots_is_refused() {
    let app = TestApp::new().start().await;
    let agent = Agent::answering(FASTAPI_CLIENT).await;
    let mut admin = app.admin().await;
    for name in [".", ".."] {
        let body = json!({"url": agent.url(), "token": TOKEN});
        let put = admin
            .json(Method::PUT, &format!("/api/computers/{name}"), body)
            .await;
        assert_eq!(put.status, StatusCode::BAD_REQUEST, "{name}");
        assert!(
            put.error().contains("must not be \".\" or \"..\""),
            "{}",
            put.error()
        );
        let body = json!({"name": name, "url": agent.url(), "token": TOKEN});
        let added = admin.json(Method::POST, "/api/add_computer", body).await;
        assert_eq!(added.status, StatusCode::BAD_REQUEST, "{name}");
    }
}
