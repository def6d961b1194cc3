//! The stream of updates.

use crate::agents::{Agent, FASTAPI_CLIENT, TOKEN};
use crate::app::{Client, TestApp};
use bytes::Bytes;
use flate2::write::GzDecoder;
use http::Method;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use serde_json::{Value, json};
use std::io::Write as _;
use std::time::Duration;

struct Stream {
    body: Incoming,
    text: String,
    /// Set if the stream is compressed.
    inflate: Option<GzDecoder<Vec<u8>>>,
}

impl Stream {
    async fn open(client: &Client) -> Self {
        Self::open_at(client, "/api/live").await
    }

    async fn open_at(client: &Client, path: &str) -> Self {
        let response = client.open(Method::GET, path, "", Bytes::new()).await;
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["x-accel-buffering"], "no");
        let is_compressed = response.headers().contains_key("content-encoding");
        Self {
            body: response.into_body(),
            text: String::new(),
            inflate: is_compressed.then(|| GzDecoder::new(Vec::new())),
        }
    }

    /// The next event of that name, or `None` at the end of the stream.
    async fn next(&mut self, name: &str) -> Option<Value> {
        loop {
            while let Some((event, rest)) = self.text.clone().split_once("\n\n") {
                self.text = rest.to_owned();
                if event.lines().any(|line| line == format!("event: {name}")) {
                    let data = event
                        .lines()
                        .find_map(|line| line.strip_prefix("data: "))
                        .unwrap();
                    return Some(serde_json::from_str(data).unwrap());
                }
            }
            let frame = tokio::time::timeout(Duration::from_secs(20), self.body.frame())
                .await
                .unwrap();
            let frame = frame?.ok()?;
            let plain = match &mut self.inflate {
                None => frame.data_ref()?.to_vec(),
                Some(inflate) => {
                    inflate.write_all(frame.data_ref()?).unwrap();
                    inflate.flush().unwrap();
                    std::mem::take(inflate.get_mut())
                }
            };
            self.text.push_str(std::str::from_utf8(&plain).unwrap());
        }
    }
}

#[tokio::test]
async fn updates_are_numbered_without_gaps() {
    let app = TestApp::new().start().await;
    let agent = Agent::answering(FASTAPI_CLIENT).await;
    let mut admin = app.admin().await;
    let mut stream = Stream::open(&admin).await;
    let hello = stream.next("hello").await.unwrap()["seq"].as_u64().unwrap();
    let body = json!({"name": "box", "url": agent.url(), "token": TOKEN});
    admin.json(Method::POST, "/api/add_computer", body).await;
    let mut online = false;
    for n in 1..=3 {
        let update = stream.next("computers").await.unwrap();
        assert_eq!(update["seq"], hello + n);
        assert!(!update.to_string().contains(&format!("\"{TOKEN}\"")));
        online |= update["computers"][0]["status"] == "online";
    }
    assert!(online);
    admin.delete("/api/remove_computer/1").await;
    loop {
        let update = stream.next("computers").await.unwrap();
        if update["removed"] == json!([1]) {
            break;
        }
    }
}

#[tokio::test]
async fn a_compressed_stream_has_the_same_events() {
    let app = TestApp::new().start().await;
    let agent = Agent::answering(FASTAPI_CLIENT).await;
    let mut admin = app.admin().await;
    let zipped = admin.clone().with_header("accept-encoding", "gzip");
    let (mut plain, mut zipped) = (Stream::open(&admin).await, Stream::open(&zipped).await);
    assert!(zipped.inflate.is_some() && plain.inflate.is_none());
    let body = json!({"name": "box", "url": agent.url(), "token": TOKEN});
    admin.json(Method::POST, "/api/add_computer", body).await;
    assert_eq!(zipped.next("hello").await, plain.next("hello").await);
    for _ in 0..2 {
        assert_eq!(
            zipped.next("computers").await,
            plain.next("computers").await
        );
    }
}

#[tokio::test]
async fn a_reconnecting_browser_gets_missed_updates() {
    let app = TestApp::new().start().await;
    let mut admin = app.admin().await;
    let mut stream = Stream::open(&admin).await;
    let hello = stream.next("hello").await.unwrap();
    let run = hello["run"].as_str().unwrap().to_owned();
    let after = format!("/api/live?after={run}-{}", hello["seq"]);
    let mut missed = Vec::new();
    for name in ["one", "two", "three"] {
        let body = json!({"name": name, "url": "http://127.0.0.1:1", "token": TOKEN});
        admin.json(Method::POST, "/api/add_computer", body).await;
        missed.push(stream.next("computers").await.unwrap());
    }
    drop(stream);
    let mut again = Stream::open_at(&admin, &after).await;
    assert_eq!(again.next("hello").await.unwrap(), hello);
    for update in missed {
        assert_eq!(again.next("computers").await.unwrap(), update);
    }
    // A browser that resumes by itself sends a header; numbers of another run do not apply.
    let header = format!("{run}-{}", hello["seq"]);
    let resuming = admin.clone().with_header("last-event-id", &header);
    assert_eq!(
        Stream::open(&resuming).await.next("hello").await.unwrap(),
        hello
    );
    let mut other = Stream::open_at(&admin, "/api/live?after=0123-0").await;
    assert_ne!(other.next("hello").await.unwrap()["seq"], hello["seq"]);
}

#[tokio::test]
async fn a_stream_ends_with_its_token() {
    let app = TestApp::new().start().await;
    let mut admin = app.admin().await;
    let body = json!({"name": "wall", "access": "read"});
    let made = admin.json(Method::POST, "/api/tokens", body).await.json();
    let bearer = format!("Bearer {}", made["token"].as_str().unwrap());
    let wall = app.visitor().with_header("authorization", &bearer);
    let mut stream = Stream::open(&wall).await;
    assert!(stream.next("hello").await.is_some());
    admin.delete(&format!("/api/tokens/{}", made["id"])).await;
    assert!(stream.next("end").await.is_some());
    assert!(stream.next("anything").await.is_none());
}

#[tokio::test]
async fn the_overview_matches_the_stream() {
    let app = TestApp::new().start().await;
    let agent = Agent::answering(FASTAPI_CLIENT).await;
    let mut admin = app.admin().await;
    let body = json!({"name": "box", "url": agent.url(), "token": TOKEN});
    admin.json(Method::POST, "/api/add_computer", body).await;
    let overview = admin.get("/api/overview").await.json();
    assert_eq!(
        overview["computers"][0]["name"], "box",
        "what was added is there at once"
    );
    let overview = admin
        .until("/api/overview", |o| o["computers"][0]["status"] == "online")
        .await;
    assert_eq!(overview["computers"][0]["sample"]["cpu_percent"], 12.5);
    let mut zipped = admin.clone().with_header("accept-encoding", "gzip");
    let answer = zipped.get("/api/overview").await;
    assert_eq!(answer.headers["content-encoding"], "gzip");
    assert_eq!(answer.body[..2], [0x1f, 0x8b]);
}

#[tokio::test]
async fn a_stream_ends_with_its_session() {
    let app = TestApp::new().start().await;
    let admin = app.admin().await;
    let mut stream = Stream::open(&admin).await;
    stream.next("hello").await.unwrap();
    admin.clone().get("/logout").await;
    assert!(stream.next("end").await.is_some());
    assert!(stream.next("hello").await.is_none(), "the stream is over");
}

#[tokio::test]
async fn the_server_stops_with_browsers_connected_and_loses_nothing() {
    let app = TestApp::new().start().await;
    let agent = Agent::answering(FASTAPI_CLIENT).await;
    let mut admin = app.admin().await;
    let body = json!({"name": "box", "url": agent.url(), "token": TOKEN});
    admin.json(Method::POST, "/api/add_computer", body).await;
    admin.until("/api/stats/1", |stats| !stats.is_null()).await;
    let mut stream = Stream::open(&admin).await;
    stream.next("hello").await.unwrap();
    let store_path = {
        let (took, folder) = app.stop().await;
        assert!(took < Duration::from_secs(5), "{took:?}");
        folder
    };
    let again = TestApp::new()
        .on_copy_of(&store_path.path().join("stats.db"))
        .start()
        .await;
    let mut admin = again.admin().await;
    let samples = admin
        .get("/api/history/1")
        .await
        .json()
        .as_array()
        .unwrap()
        .len();
    assert!(
        samples >= agent.requests() - 1,
        "{samples} of {}",
        agent.requests()
    );
    assert_eq!(
        admin.get("/api/processes/1").await.json()["processes"][0]["name"],
        "postgres"
    );
}

/// Data written to a removed file is lost, so the server reports it and recovers when the file is back.
#[tokio::test]
async fn a_moved_database_is_detected() {
    let app = TestApp::new().start().await;
    let agent = Agent::answering(FASTAPI_CLIENT).await;
    let mut admin = app.admin().await;
    let body = json!({"name": "box", "url": agent.url(), "token": TOKEN});
    admin.json(Method::POST, "/api/add_computer", body).await;
    admin
        .until("/healthz", |health| health["status"] == "ready")
        .await;
    let path = muster_store::sqlite::SqliteStore::path(&app.store).to_owned();
    let aside = path.with_extension("aside");
    std::fs::rename(&path, &aside).unwrap();
    admin
        .until("/healthz", |health| health["status"] == "failing")
        .await;
    std::fs::rename(&aside, &path).unwrap();
    admin
        .until("/healthz", |health| health["status"] == "ready")
        .await;
    let (_, folder) = app.stop().await;
    let again = TestApp::new()
        .on_copy_of(&folder.path().join("stats.db"))
        .start()
        .await;
    let samples = again
        .admin()
        .await
        .get("/api/history/1")
        .await
        .json()
        .as_array()
        .unwrap()
        .len();
    assert!(
        samples >= agent.requests() - 1,
        "{samples} of {}",
        agent.requests()
    );
}
