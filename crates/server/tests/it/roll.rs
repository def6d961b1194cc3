//! The roll with agents of all kinds.

use crate::agents::{Agent, CLOSE, FASTAPI_CLIENT, FIRST_RELEASE, HANG, TOKEN, ok};
use crate::app::{Client, Running, TestApp};
use http::Method;
use serde_json::{Value, json};
use std::time::Duration;

async fn add(admin: &mut Client, name: &str, url: &str) {
    let body = json!({"name": name, "url": url, "token": TOKEN});
    let answer = admin.json(Method::POST, "/api/add_computer", body).await;
    assert!(answer.status.is_success(), "{}", answer.text());
}

/// Why a computer with this agent is down.
async fn reason_of(app: &Running, agent: &Agent) -> String {
    let mut admin = app.admin().await;
    let name = agent.address.to_string();
    add(&mut admin, &name, &agent.url()).await;
    let find = |list: &Value| {
        list.as_array()
            .unwrap()
            .iter()
            .find(|c| c["name"] == name.as_str())
            .cloned()
    };
    let list = admin
        .until("/api/computers", |list| {
            find(list).is_some_and(|c| !c["reason"].is_null())
        })
        .await;
    let computer = find(&list).unwrap();
    assert_eq!(computer["status"], "offline");
    computer["reason"].as_str().unwrap().to_owned()
}

fn reply(status: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n").into_bytes()
}

#[tokio::test]
async fn each_failure_has_its_reason() {
    let app = TestApp::new().start().await;
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (reply("401 Unauthorized"), "wrong token"),
        (
            reply("400 Bad Request"),
            "answered 400 Bad Request: an agent that answers TLS alone does so where its address begins with \
             http:// (its muster:// line has the right one)",
        ),
        (
            reply("500 Internal Server Error"),
            "answered 500 Internal Server Error: the FastAPI client does so for a wrong token",
        ),
        (
            reply("404 Not Found"),
            "answered 404 Not Found: something else than an agent listens at this address",
        ),
        (
            b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
                .to_vec(),
            "answered 302 Found: redirects are not followed, give the address they lead to",
        ),
        (
            ok("{}"),
            "answered something that is not system information: field `memory.total` is missing",
        ),
        (
            ok("<html>"),
            "answered something that is not system information: it is not JSON",
        ),
        (
            b"SSH-2.0-OpenSSH_9.2\r\n".to_vec(),
            "what listens there does not speak HTTP",
        ),
        (
            [
                b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{".as_slice(),
                CLOSE,
            ]
            .concat(),
            "the connection broke: it ended before the answer was complete",
        ),
    ];
    for (bytes, expected) in cases {
        let agent = Agent::start(move |_| bytes.clone()).await;
        assert_eq!(reason_of(&app, &agent).await, expected);
    }
}

#[tokio::test]
async fn an_endless_body_is_cut_off() {
    let app = TestApp::new().start().await;
    let agent = Agent::start(|_| {
        let mut bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n".to_vec();
        bytes.resize(3_000_000, b' ');
        bytes
    })
    .await;
    assert_eq!(reason_of(&app, &agent).await, "answered more than 1 MiB");
}

#[tokio::test]
async fn a_hanging_agent_times_out_after_ten_seconds_and_delays_no_other() {
    let app = TestApp::new().start().await;
    let hanging = Agent::start(|_| HANG.to_vec()).await;
    let healthy = Agent::answering(FASTAPI_CLIENT).await;
    let mut admin = app.admin().await;
    add(&mut admin, "healthy", &healthy.url()).await;
    assert_eq!(reason_of(&app, &hanging).await, "no answer within 10 s");
    // The next poll may be running by now; two at once would have made ten requests.
    assert!(hanging.requests() <= 2, "{} calls", hanging.requests());
    assert!(
        healthy.requests() >= 9,
        "called {} times in 10 s",
        healthy.requests()
    );
}

#[tokio::test]
async fn one_connection_serves_many_polls() {
    let app = TestApp::new().start().await;
    let agent = Agent::answering(FASTAPI_CLIENT).await;
    let mut admin = app.admin().await;
    add(&mut admin, "box", &agent.url()).await;
    admin
        .until("/api/history/1", |h| h.as_array().unwrap().len() >= 4)
        .await;
    assert_eq!(agent.connections(), 1);
}

/// Closes the connection silently after each answer: the next poll finds it stale.
#[tokio::test]
async fn a_stale_connection_is_not_an_outage() {
    let app = TestApp::new().start().await;
    let agent = Agent::start(|_| [ok(FASTAPI_CLIENT).as_slice(), CLOSE].concat()).await;
    let mut admin = app.admin().await;
    add(&mut admin, "box", &agent.url()).await;
    for _ in 0..20 {
        let list = admin.get("/api/computers").await.json();
        assert!(list[0]["reason"].is_null(), "{list}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    admin
        .until("/api/history/1", |h| h.as_array().unwrap().len() >= 4)
        .await;
}

/// The connection breaks before the second answer: the poll is retried once over a new one.
#[tokio::test]
async fn a_broken_connection_is_retried_once() {
    let app = TestApp::new().start().await;
    let agent = Agent::start(|n| {
        if n == 1 {
            CLOSE.to_vec()
        } else {
            ok(FASTAPI_CLIENT)
        }
    })
    .await;
    let mut admin = app.admin().await;
    add(&mut admin, "box", &agent.url()).await;
    admin
        .until("/api/history/1", |h| h.as_array().unwrap().len() >= 3)
        .await;
    let list = admin.get("/api/computers").await.json();
    assert_eq!(list[0]["status"], "online");
    assert_eq!(agent.connections(), 2);
}

#[tokio::test]
async fn agents_of_the_first_release_are_supported() {
    let app = TestApp::new().start().await;
    let agent = Agent::answering(FIRST_RELEASE).await;
    let mut admin = app.admin().await;
    add(&mut admin, "desktop", &agent.url()).await;
    let stats = admin
        .until("/api/stats/1", |s| s["network_sent_per_sec"].is_number())
        .await;
    assert_eq!(
        stats["network_sent_per_sec"], 0.0,
        "computed from the counters"
    );
    assert_eq!(stats["disk_percent"], 37.2);
    assert_eq!(
        admin.get("/api/processes/1").await.json()["processes"],
        json!([])
    );
}

#[tokio::test]
async fn going_down_keeps_the_latest_values() {
    let app = TestApp::new().start().await;
    let agent = Agent::answering(FASTAPI_CLIENT).await;
    let url = agent.url();
    let mut admin = app.admin().await;
    add(&mut admin, "box", &url).await;
    let online = admin
        .until("/api/computers/1", |c| c["status"] == "online")
        .await;
    drop(agent);
    let offline = admin
        .until("/api/computers/1", |c| c["status"] == "offline")
        .await;
    assert!(offline["since_ms"].as_i64() > online["since_ms"].as_i64());
    assert!(offline["last_seen_ms"].is_number() && offline["sample"].is_object());
    assert_eq!(admin.get("/api/stats/1").await.json()["cpu_percent"], 12.5);
}

#[tokio::test]
async fn garbage_never_stores_half_a_sample() {
    let app = TestApp::new().start().await;
    // Every truncation and every flipped byte of a valid answer, one for each poll.
    let agent = Agent::start(|n| {
        let mut bytes = FASTAPI_CLIENT.as_bytes().to_vec();
        if n % 2 == 0 {
            bytes.truncate(n * 37 % bytes.len());
        } else {
            let at = n * 53 % bytes.len();
            bytes[at] = b'#';
        }
        let mut answer =
            format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", bytes.len()).into_bytes();
        answer.extend(bytes);
        answer
    })
    .await;
    let mut admin = app.admin().await;
    let targets: Vec<Value> = (0..40)
        .map(|n| json!({"name": format!("c{n}"), "url": agent.url(), "token": TOKEN}))
        .collect();
    for body in targets {
        admin.json(Method::POST, "/api/add_computer", body).await;
    }
    let began = std::time::Instant::now();
    while agent.requests() <= 60 {
        let requests = agent.requests();
        assert!(began.elapsed() < Duration::from_secs(20), "{requests}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    for id in 1..=40 {
        let history = admin.get(&format!("/api/history/{id}")).await.json();
        for sample in history.as_array().unwrap() {
            assert!(
                sample["cpu_percent"].is_number() && sample["memory_percent"].is_number(),
                "{sample}"
            );
        }
    }
}

#[tokio::test]
async fn an_answer_in_a_million_frames_is_one_answer() {
    let app = TestApp::new().start().await;
    let agent = Agent::start(|_| {
        let mut bytes = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
        for byte in FASTAPI_CLIENT.bytes() {
            bytes.extend([b'1', b'\r', b'\n', byte, b'\r', b'\n']);
        }
        bytes.extend(b"0\r\n\r\n");
        bytes
    })
    .await;
    let mut admin = app.admin().await;
    add(&mut admin, "box", &agent.url()).await;
    admin
        .until("/api/history/1", |h| h.as_array().unwrap().len() >= 2)
        .await;
    assert_eq!(agent.connections(), 1);
}

#[tokio::test]
async fn a_reason_does_not_repeat_what_the_agent_sent() {
    let app = TestApp::new().start().await;
    let agent = Agent::start(|n| {
        ok(&format!(
            r#"{{"cpu_percent":"{}{n}"}}"#,
            "x".repeat(500_000)
        ))
    })
    .await;
    let reason = reason_of(&app, &agent).await;
    assert!(reason.len() < 400, "{} bytes", reason.len());
}
