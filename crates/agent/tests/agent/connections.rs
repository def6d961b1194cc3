//! Slow, silent and many connections: none of them blocks the next one.

use crate::support::{Client, Server, TOKEN, request, until};
use muster_agent::connection::Timeouts;
use muster_agent::serve::Limits;
use std::io::{Read, Write};
use std::time::{Duration, Instant};

const SHORT: Duration = Duration::from_millis(150);
const LONG: Duration = Duration::from_secs(3600);

fn limits(head: Duration, answer: Duration, idle: Duration) -> Limits {
    let timeouts = Timeouts { head, answer, idle };
    Limits {
        timeouts,
        ..Limits::default()
    }
}

/// Reads to the end and returns how long that took.
fn closed_after(client: &mut Client) -> Duration {
    let began = Instant::now();
    client.read_to_end();
    began.elapsed()
}

#[test]
fn a_head_that_does_not_end_is_closed() {
    let server = Server::start(limits(SHORT, LONG, LONG));
    for start in [&b""[..], b"G", b"GET /systeminfo HTTP/1.1\r\n", b"\r\n\r\n"] {
        let mut client = server.connect();
        client.send(start);
        let elapsed = closed_after(&mut client);
        assert!(elapsed >= SHORT / 2, "{start:?} after {elapsed:?}");
    }
}

#[test]
fn a_head_that_drips_gains_no_time() {
    let server = Server::start(limits(SHORT, LONG, LONG));
    let mut client = server.connect();
    let began = Instant::now();
    until("the end of a dripping head", || {
        client.0.write_all(b"G").is_err() || {
            client
                .0
                .set_read_timeout(Some(Duration::from_millis(5)))
                .unwrap();
            matches!(client.0.read(&mut [0; 16]), Ok(0))
        }
    });
    assert!(
        began.elapsed() < Duration::from_secs(5),
        "{:?}",
        began.elapsed()
    );
}

#[test]
fn a_client_that_has_shown_the_token_may_stay_idle() {
    let server = Server::start(limits(SHORT, SHORT, LONG));
    let mut client = server.connect();
    for _ in 0..3 {
        client.send_get("/systeminfo?processes=0");
        assert_eq!(client.read_answer().status(), "200");
        std::thread::sleep(3 * SHORT);
    }
    // An incomplete head after that is limited again.
    client.send(b"GET /sys");
    assert!(closed_after(&mut client) >= SHORT / 2);
}

#[test]
fn half_a_head_behind_a_whole_one_is_closed() {
    let server = Server::start(limits(SHORT, SHORT, LONG));
    let mut client = server.connect();
    let mut bytes = request("GET", "/systeminfo?processes=0", TOKEN);
    bytes.extend(b"GET /sys");
    client.send(&bytes);
    assert_eq!(client.read_answer().status(), "200");
    closed_after(&mut client);
}

#[test]
fn a_stranger_may_not_stay() {
    let server = Server::start(limits(SHORT, SHORT, LONG));
    let mut client = server.connect();
    client.send(&request("GET", "/systeminfo", "wrong"));
    assert_eq!(client.read_answer().status(), "401");
    closed_after(&mut client);
}

#[test]
fn idle_time_ends_too() {
    let server = Server::start(limits(LONG, LONG, SHORT));
    let mut client = server.connect();
    client.send_get("/systeminfo?processes=0");
    client.read_answer();
    assert!(closed_after(&mut client) >= SHORT / 2);
}

#[test]
fn an_answer_that_is_not_read_times_out() {
    let server = Server::start(limits(LONG, SHORT, LONG));
    let mut client = server.connect();
    client
        .0
        .set_write_timeout(Some(Duration::from_millis(50)))
        .unwrap();
    let request = request("GET", "/systeminfo", TOKEN);
    // Endless requests without reading answers: the answers fill both buffers, then block.
    until(
        "the end of a connection that reads nothing",
        || match client.0.write(&request) {
            Ok(_) => false,
            Err(error) => error.kind() != std::io::ErrorKind::WouldBlock,
        },
    );
}

#[test]
fn hundreds_of_half_open_connections_keep_nobody_out() {
    let server = Server::start(limits(LONG, LONG, LONG));
    let mut trusted = server.connect();
    trusted.send_get("/systeminfo?processes=0");
    trusted.read_answer();
    let half_open: Vec<Client> = (0..300)
        .map(|_| {
            let mut client = server.connect();
            client.send(b"GET /systeminfo HTTP/1.1\r\nHost: b");
            client
        })
        .collect();
    let mut client = server.connect();
    client.send_get("/systeminfo?processes=0");
    assert_eq!(client.read_answer().status(), "200");
    // The oldest strangers were closed, not the oldest connection.
    trusted.send_get("/systeminfo?processes=0");
    assert_eq!(trusted.read_answer().status(), "200");
    drop(half_open);
}

#[test]
fn one_stranger_too_many_closes_the_oldest() {
    let server = Server::start(Limits {
        connections: 4,
        ..limits(LONG, LONG, LONG)
    });
    let mut strangers: Vec<Client> = (0..6).map(|_| server.connect()).collect();
    for stranger in &mut strangers[..2] {
        assert!(closed_after(stranger) < LONG / 2);
    }
    // Later ones are served.
    let last = &mut strangers[5];
    last.send_get("/systeminfo?processes=0");
    assert_eq!(last.read_answer().status(), "200");
}

#[test]
fn too_many_trusted_connections_are_closed_too() {
    let server = Server::start(Limits {
        connections: 4,
        ..Limits::default()
    });
    let mut clients: Vec<Client> = Vec::new();
    for _ in 0..10 {
        let mut client = server.connect();
        client.send_get("/systeminfo?processes=0");
        assert_eq!(client.read_answer().status(), "200");
        clients.push(client);
    }
}

#[test]
fn shutdown_waits_for_nobody() {
    let server = Server::start(limits(LONG, LONG, LONG));
    let mut idle = server.connect();
    idle.send_get("/systeminfo?processes=0");
    idle.read_answer();
    let _half_open = server.connect();
    let began = Instant::now();
    drop(server);
    assert!(began.elapsed() < Duration::from_secs(2));
    assert_eq!(idle.read_to_end(), "");
}
