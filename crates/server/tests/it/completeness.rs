//! How complete a history is: an agent goes down, and a server is stopped and killed.

use crate::agents::{Agent, FASTAPI_CLIENT, TOKEN};
use crate::app::{Client, PASSWORD, TestApp};
use crate::binary::ServerProcess;
use http::{Method, StatusCode};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

const ABSENT: &str = "the server was not running";
/// At an interval of a second, more than 2.5 s without a sample are a gap.
const LONG: Duration = Duration::from_secs(3);

async fn add(admin: &mut Client, name: &str, url: &str) {
    let body = json!({"name": name, "url": url, "token": TOKEN});
    let answer = admin.json(Method::POST, "/api/add_computer", body).await;
    assert!(answer.status.is_success(), "{}", answer.text());
}

async fn until_samples(admin: &mut Client, count: usize) {
    let enough = |history: &Value| history.as_array().unwrap().len() >= count;
    admin.until("/api/history/1", enough).await;
}

/// The gaps since the computer was added: length and reason.
fn gaps(answer: &Value) -> Vec<(f64, String)> {
    let gaps = answer["gaps"].as_array().unwrap().iter();
    let gaps = gaps.map(|gap| {
        let length_s = gap["to"].as_f64().unwrap() - gap["from"].as_f64().unwrap();
        (length_s, gap["reason"].as_str().unwrap().to_owned())
    });
    gaps.filter(|(_, reason)| reason != "not yet added")
        .collect()
}

fn reasons(answer: &Value) -> Vec<String> {
    gaps(answer).into_iter().map(|(_, reason)| reason).collect()
}

#[tokio::test]
async fn an_agent_that_goes_away_leaves_a_gap_with_its_reason() {
    let app = TestApp::new().start().await;
    let mut agent = Agent::answering(FASTAPI_CLIENT).await;
    let (address, url) = (agent.address, agent.url());
    let mut admin = app.admin().await;
    add(&mut admin, "box", &url).await;
    until_samples(&mut admin, 4).await;
    let whole = admin.get("/api/completeness/1").await.json();
    assert_eq!(reasons(&whole), Vec::<String>::new(), "{whole}");
    assert_eq!(whole["gaps"][0]["reason"], "not yet added");
    assert_eq!(
        whole["gaps"].as_array().unwrap().len(),
        1,
        "a day but for some seconds: {whole}"
    );
    assert!(whole["share"].as_f64().unwrap() >= 0.75, "{whole}");
    drop(agent);
    let gone = admin
        .until("/api/completeness/1", |answer| {
            gaps(answer).first().is_some_and(|gap| gap.0 > 3.5)
        })
        .await;
    assert_eq!(reasons(&gone), ["connection refused"], "{gone}");
    let so_far_s = gaps(&gone)[0].0;
    agent = Agent::answering_at(address, FASTAPI_CLIENT).await;
    admin
        .until("/api/computers/1", |c| c["status"] == "online")
        .await;
    until_samples(&mut admin, 7).await;
    let back = admin.get("/api/completeness/1").await.json();
    assert_eq!(reasons(&back), ["connection refused"], "{back}");
    assert!(gaps(&back)[0].0 > so_far_s.max(2.5), "{back}");
    assert!(back["share"].as_f64().unwrap() < 0.85, "{back}");
    drop(agent);
}

#[tokio::test]
async fn absurd_queries_are_refused() {
    let app = TestApp::new().start().await;
    let mut admin = app.admin().await;
    add(&mut admin, "box", "http://127.0.0.1:1").await;
    for query in ["from=5&to=5", "from=x", "to=-1", "from=0&to=9000000000"] {
        let answer = admin.get(&format!("/api/completeness/1?{query}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
    }
    let nobody = admin.get("/api/completeness/9").await;
    assert_eq!(nobody.status, StatusCode::NOT_FOUND);
    let before = admin.get("/api/completeness/1?from=10&to=20").await.json();
    assert_eq!(
        before,
        json!({"from": 10.0, "to": 20.0, "expected": 0, "present": 0, "share": null, "gaps_left_out": 0, "outages": [],
            "gaps": [{"from": 10.0, "to": 20.0, "reason": "not yet added", "reason_code": "not_yet_added",
                "reason_params": {}}]})
    );
}

/// The real binary, and a signed-in client.
async fn serve(folder: &Path) -> (ServerProcess, Client) {
    let child = Command::new(env!("CARGO_BIN_EXE_muster"))
        .args(["serve", "--listen", "127.0.0.1:0", "--interval", "1"])
        .current_dir(folder)
        .env_remove("DATABASE_URL")
        .env_remove("DATABASE_PATH")
        .env("ADMIN_USERNAME", "admin")
        .env("ADMIN_PASSWORD", PASSWORD)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut child = ServerProcess(child);
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap())
        .read_line(&mut line)
        .unwrap();
    let address = line.trim().trim_start_matches("Dashboard: http://");
    let mut admin = Client {
        address: address.trim_end_matches('/').parse().unwrap(),
        cookie: None,
        headers: http::HeaderMap::new(),
    };
    admin.sign_in("admin", PASSWORD).await;
    (child, admin)
}

fn end(mut child: ServerProcess, signal: &str) {
    let status = Command::new("kill")
        .args([signal, &child.id().to_string()])
        .status()
        .unwrap();
    assert!(status.success());
    child.wait().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn time_in_which_the_server_was_stopped_or_killed_is_a_gap() {
    let folder = TempDir::new().unwrap();
    let agent = Agent::answering(FASTAPI_CLIENT).await;
    let (mut child, mut admin) = serve(folder.path()).await;
    add(&mut admin, "box", &agent.url()).await;
    until_samples(&mut admin, 3).await;
    for (signal, samples, absences) in [("-TERM", 6, 1), ("-KILL", 9, 2)] {
        end(child, signal);
        tokio::time::sleep(LONG).await;
        (child, admin) = serve(folder.path()).await;
        until_samples(&mut admin, samples).await;
        let answer = admin.get("/api/completeness/1").await.json();
        assert_eq!(
            reasons(&answer),
            vec![ABSENT; absences],
            "{signal}: {answer}"
        );
        for (length_s, _) in gaps(&answer) {
            assert!(length_s > LONG.as_secs_f64(), "{signal}: {answer}");
        }
    }
    end(child, "-TERM");
}

/// A computer was down before the server was killed. Another one answered, which dates the kill to the
/// second.
#[tokio::test(flavor = "multi_thread")]
async fn data_stored_a_second_before_a_kill_survives() {
    let folder = TempDir::new().unwrap();
    let agent = Agent::answering(FASTAPI_CLIENT).await;
    let (child, mut admin) = serve(folder.path()).await;
    add(&mut admin, "box", &agent.url()).await;
    until_samples(&mut admin, 3).await;
    let other = Agent::answering(FASTAPI_CLIENT).await;
    add(&mut admin, "other", &other.url()).await;
    drop(agent);
    admin
        .until("/api/completeness/1", |answer| !gaps(answer).is_empty())
        .await;
    let silent_since = admin.get("/api/computers/1").await.json()["since_ms"].clone();
    // After some more samples of the other computer, all of that was stored.
    admin
        .until("/api/history/2", |history| {
            history.as_array().unwrap().len() >= 4
        })
        .await;
    end(child, "-KILL");
    tokio::time::sleep(LONG).await;
    let (child, mut admin) = serve(folder.path()).await;
    let answer = admin.get("/api/completeness/1").await.json();
    assert_eq!(
        reasons(&answer)[..2],
        ["connection refused", ABSENT],
        "{answer}"
    );
    let computer = admin.get("/api/computers/1").await.json();
    assert_eq!(computer["since_ms"], silent_since);
    let other = admin.get("/api/completeness/2").await.json();
    assert_eq!(reasons(&other), [ABSENT], "{other}");
    end(child, "-KILL");
}
