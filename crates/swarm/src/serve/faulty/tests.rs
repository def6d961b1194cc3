//! Each fault as a client sees it. The tests use paused time, so none of them really waits.

use super::*;
use tokio::io::{AsyncReadExt as _, duplex};
use tokio::time::Instant;

const BODY: &str = r#"{"cpu_percent":12.5,"hostname":"box"}"#;

/// The bytes received, whether the connection stays open, and the seconds this took.
async fn ask(fault: Fault, turn: u32) -> (Vec<u8>, bool, u64) {
    let (mut near, mut far) = duplex(64 << 10);
    let began = Instant::now();
    let reading = tokio::spawn(async move {
        let mut bytes = Vec::new();
        let _ = far.read_to_end(&mut bytes).await;
        bytes
    });
    let well = format_answer("200 OK", "application/json", BODY.as_bytes(), true);
    let keep_alive = send_faulty_answer(&mut near, Faulty { fault, turn }, &well).await;
    drop(near);
    let bytes = reading.await.unwrap_or_default();
    (bytes, keep_alive, began.elapsed().as_secs())
}

fn well() -> Vec<u8> {
    format_answer("200 OK", "application/json", BODY.as_bytes(), true)
}

#[tokio::test(start_paused = true)]
async fn a_dead_agent_sends_nothing_and_its_connection_ends() {
    assert_eq!(ask(Fault::Dead, 0).await, (vec![], false, 60));
    let (near, _far) = duplex(64);
    let began = Instant::now();
    hold_open(near).await;
    assert_eq!(began.elapsed(), MAX_TIME);
    let (near, far) = duplex(64);
    drop(far);
    hold_open(near).await;
    assert_eq!(began.elapsed(), MAX_TIME);
}

#[tokio::test(start_paused = true)]
async fn a_slow_agent_answers_late_or_byte_by_byte() {
    assert_eq!(ask(Fault::Slow, 1).await, (well(), true, 8));
    let (bytes, keep_alive, took_s) = ask(Fault::Slow, 0).await;
    assert_eq!((keep_alive, took_s), (false, 60));
    assert!((59..=61).contains(&bytes.len()), "{}", bytes.len());
    assert!(well().starts_with(&bytes));
}

#[tokio::test(start_paused = true)]
async fn garbage_is_not_http_not_json_or_of_another_shape() {
    let (noise, keep_alive, _) = ask(Fault::Garbage, 0).await;
    assert!(!keep_alive && noise.len() == 512 && !noise.starts_with(b"HTTP"));
    let (no_json, ..) = ask(Fault::Garbage, 1).await;
    assert!(no_json.starts_with(b"HTTP/1.1 200 OK\r\n"));
    let body = no_json.windows(4).position(|end| end == b"\r\n\r\n");
    let body = &no_json[body.map_or(0, |end| end + 4)..];
    assert!(body.len() == 512 && serde_json::from_slice::<serde_json::Value>(body).is_err());
    let (other, ..) = ask(Fault::Garbage, 2).await;
    let other = String::from_utf8_lossy(&other).into_owned();
    let body = other.split("\r\n\r\n").nth(1).unwrap_or_default();
    assert!(serde_json::from_str::<serde_json::Value>(body).is_ok());
    assert!(muster_wire::parse(body.as_bytes()).is_err());
}

#[tokio::test(start_paused = true)]
async fn an_endless_answer_has_a_maximum_size() {
    let (chunked, keep_alive, _) = ask(Fault::Endless, 0).await;
    assert!(!keep_alive && chunked.len() > MAX_ENDLESS);
    assert!(!chunked.ends_with(b"0\r\n\r\n"));
    let head = String::from_utf8_lossy(&chunked[..200]).into_owned();
    assert!(head.contains("transfer-encoding: chunked") && head.contains("\r\n4000\r\n["));
    let (unsized_one, ..) = ask(Fault::Endless, 1).await;
    let head = String::from_utf8_lossy(&unsized_one[..100]).into_owned();
    assert!(!head.contains("transfer-encoding") && !head.contains("content-length"));
}

#[tokio::test(start_paused = true)]
async fn an_endless_answer_ends_when_the_client_stops_reading() {
    let (mut near, _unread) = duplex(1_024);
    let began = Instant::now();
    let endless = Faulty {
        fault: Fault::Endless,
        turn: 0,
    };
    assert!(!send_faulty_answer(&mut near, endless, &well()).await);
    assert_eq!(began.elapsed(), MAX_TIME);
}

#[tokio::test(start_paused = true)]
async fn a_cut_answer_has_half_of_the_announced_bytes() {
    let (bytes, keep_alive, _) = ask(Fault::Cut, 0).await;
    assert!(!keep_alive && well().starts_with(&bytes));
    assert_eq!(well().len() - bytes.len(), BODY.len().div_ceil(2));
}

#[tokio::test(start_paused = true)]
async fn every_token_is_rejected() {
    let (bytes, keep_alive, _) = ask(Fault::Token, 0).await;
    assert!(keep_alive && bytes.starts_with(b"HTTP/1.1 401 "));
}

#[test]
fn a_flapping_agent_alternates_between_healthy_and_dead() {
    let faulty = |turn| Faulty {
        fault: Fault::Flapping,
        turn,
    };
    let well = |turn| [0, 19_999, 20_000, 40_000].map(|at_ms| is_well(faulty(turn), at_ms));
    assert_eq!(well(0), [true, true, false, true]);
    assert_eq!(well(1), [false, false, true, false]);
}

#[tokio::test(start_paused = true)]
async fn a_flapping_agent_sends_a_whole_answer_or_none() {
    let (bytes, keep_alive, took_s) = ask(Fault::Flapping, 0).await;
    let (other, other_keeps, _) = ask(Fault::Flapping, 1).await;
    assert_ne!(keep_alive, other_keeps, "exactly one of the two answers");
    for (bytes, keep_alive) in [(&bytes, keep_alive), (&other, other_keeps)] {
        assert_eq!(*bytes, if keep_alive { well() } else { vec![] });
    }
    assert_eq!(took_s, if keep_alive { 0 } else { 60 });
}

#[tokio::test(start_paused = true)]
async fn an_agent_with_a_wrong_clock_answers_correctly() {
    assert_eq!(ask(Fault::Clock, 0).await, (well(), true, 0));
    let read = |ahead_ms| {
        let computer = muster_swarm::computer::Computer::new(7, 0, None).with_clock_ahead(ahead_ms);
        computer.reading_at(1_800_000_000_000, false)
    };
    let (off, usual) = (read(-7_200_000), read(0));
    let time_ms = |info: &muster_wire::SystemInfo| info.agent.as_ref().and_then(|it| it.time_ms);
    let booted = |info: &muster_wire::SystemInfo| info.boot.as_ref().map(|it| it.time);
    assert_eq!(time_ms(&off), Some(1_800_000_000_000 - 7_200_000));
    assert_eq!(booted(&off), booted(&usual).map(|time| time - 7_200.0));
    assert_eq!((time_ms(&usual), off.series), (None, usual.series));
}
