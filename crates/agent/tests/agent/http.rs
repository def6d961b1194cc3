//! Every kind of answer of the agent.

use crate::support::{Server, TOKEN, request};
use muster_agent::serve::Limits;

fn server() -> Server {
    Server::start(Limits::default())
}

fn poll(server: &Server, method: &str, target: &str, token: &str) -> crate::support::Reply {
    let mut client = server.connect();
    client.send(&request(method, target, token));
    client.read_answer()
}

#[test]
fn a_reader_with_the_token_gets_system_information() {
    let server = server();
    let reply = poll(&server, "GET", "/systeminfo", TOKEN);
    assert_eq!(reply.status(), "200");
    assert!(reply.head.contains("content-type: application/json\r\n"));
    let info = muster_wire::parse(reply.body.as_bytes()).unwrap();
    assert!(info.memory.unwrap().total > 0);
    assert_eq!(info.system.as_deref(), Some("Linux"));
    assert_eq!(info.agent.unwrap().sequence, 1);
    let processes = info.top_processes.unwrap();
    assert!(!processes.is_empty() && processes.len() <= muster_wire::MAX_PROCESSES);
    for name in [
        "uptime.seconds",
        "load.1m",
        "load.5m",
        "load.15m",
        "swap.total_bytes",
        "swap.used_bytes",
    ] {
        assert!(info.series.get(name).is_some(), "{name}");
    }
    for name in [
        "cpu.count",
        "cpu.core.percent:0",
        "disk.used_bytes:/",
        "network.recv_bytes:lo",
    ] {
        assert!(info.series.get(name).is_some(), "{name}");
    }
}

#[test]
fn processes_are_left_out_on_request() {
    let server = server();
    let without = poll(&server, "GET", "/systeminfo?x=1&processes=0&y", TOKEN).json();
    assert!(without.get("top_processes").is_none());
    let with = poll(&server, "GET", "/systeminfo?unknown=1", TOKEN).json();
    assert!(with.get("top_processes").is_some());
}

#[test]
fn a_head_request_gets_the_head() {
    let server = server();
    let mut client = server.connect();
    client.send(&request("HEAD", "/systeminfo", TOKEN));
    client.send(b"GET /systeminfo HTTP/1.1\r\nHost: box\r\nConnection: close\r\n\r\n");
    let all = client.read_to_end();
    let (head, next) = all.split_once("\r\n\r\n").unwrap();
    assert!(
        head.starts_with("HTTP/1.1 200") && head.contains("content-length: "),
        "{head}"
    );
    assert!(
        next.starts_with("HTTP/1.1 401"),
        "a head has no body: {next}"
    );
}

#[test]
fn without_the_token_nobody_gets_anything() {
    let server = server();
    for header in [
        "X: y",
        "Authorization: Bearer wrong",
        "Authorization: Bearer the-token2",
        "Authorization: Bearer",
        "Authorization: the-token",
        "Authorization: Basic the-token",
        "Authorization: Bearer th\u{e9}-token",
    ] {
        let mut client = server.connect();
        client
            .send(format!("GET /systeminfo HTTP/1.1\r\nHost: box\r\n{header}\r\n\r\n").as_bytes());
        let reply = client.read_answer();
        assert_eq!(reply.status(), "401", "{header}");
        assert!(
            reply.head.contains("www-authenticate: Bearer\r\n"),
            "{}",
            reply.head
        );
        assert!(reply.head.contains("content-type: application/json\r\n"));
        assert_eq!(reply.body, r#"{"detail":"Unauthorized"}"#);
    }
    let lower = b"GET /systeminfo HTTP/1.0\r\nauthorization: bEARER   the-token\r\n\r\n";
    assert!(server.exchange(lower).starts_with("HTTP/1.0 200"));
}

#[test]
fn other_paths_and_methods_are_refused() {
    let server = server();
    for path in [
        "/",
        "/systeminfo/",
        "/Systeminfo",
        "//systeminfo",
        "/docs",
        "*",
    ] {
        let method = if path == "*" { "OPTIONS" } else { "GET" };
        let reply = poll(&server, method, path, TOKEN);
        assert_eq!(
            (reply.status(), reply.body.as_str()),
            ("404", r#"{"detail":"Not Found"}"#),
            "{path}"
        );
    }
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "BREW"] {
        let reply = poll(&server, method, "/systeminfo", TOKEN);
        assert_eq!(
            (reply.status(), reply.body.as_str()),
            ("405", r#"{"detail":"Method Not Allowed"}"#)
        );
        assert!(
            reply.head.contains("allow: GET, HEAD\r\n"),
            "{}",
            reply.head
        );
    }
}

#[test]
fn broken_requests_get_400() {
    let server = server();
    for broken in [
        &b"nonsense\r\n\r\n"[..],
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 a TLS greeting\r\n\r\n",
        b"GET /systeminfo\r\n\r\n",
        b"GET /system info HTTP/1.1\r\n\r\n",
        b"GET /systeminfo HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET /systeminfo HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        b"GET /systeminfo HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"GET /systeminfo HTTP/1.1\r\nNull: \0\r\n\r\n",
        b"GET /systeminfo HTTP/3.0\r\n\r\n",
    ] {
        let answer = server.exchange(broken);
        let shown = String::from_utf8_lossy(broken);
        assert!(
            answer.starts_with("HTTP/1.1 400 "),
            "{shown:?} was answered {answer:?}"
        );
    }
}

#[test]
fn a_greeting_in_http_2_is_hung_up_on() {
    assert_eq!(server().exchange(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), "");
}

#[test]
fn too_long_requests_get_414_or_431() {
    let server = server();
    for length in [8_200, 20_000, 300_000] {
        let target = format!("/systeminfo?{}", "x".repeat(length));
        let answer = server.exchange(&request("GET", &target, TOKEN));
        assert!(answer.starts_with("HTTP/1.1 414 "), "{length}: {answer:?}");
        assert!(
            answer.ends_with(r#"{"detail":"URI Too Long"}"#),
            "{answer:?}"
        );
    }
    let fitting = format!("/systeminfo?{}", "x".repeat(8_000));
    assert_eq!(poll(&server, "GET", &fitting, TOKEN).status(), "200");
    for length in [17_000, 40_000, 200_000] {
        let answer = server.exchange(&request("GET", "/systeminfo", &"x".repeat(length)));
        assert!(answer.starts_with("HTTP/1.1 431 "), "{length}: {answer:?}");
    }
    let many = "X: y\r\n".repeat(150);
    let answer = server.exchange(format!("GET / HTTP/1.1\r\n{many}\r\n").as_bytes());
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer:?}");
}

#[test]
fn a_connection_serves_one_request_after_the_other() {
    let server = server();
    let mut client = server.connect();
    for sequence in 1..=50 {
        client.send_get("/systeminfo?processes=0");
        assert_eq!(client.read_answer().json()["agent"]["sequence"], sequence);
    }
    client.send(&request("GET", "/systeminfo", TOKEN).repeat(3));
    for sequence in 51..=53 {
        assert_eq!(client.read_answer().json()["agent"]["sequence"], sequence);
    }
}

#[test]
fn a_body_is_not_waited_for() {
    let server = server();
    let head = "POST /systeminfo HTTP/1.1\r\nHost: box\r\nContent-Length: 1000000000\r\n";
    for expect in ["", "Expect: 100-continue\r\n"] {
        let answer = server.exchange(format!("{head}{expect}\r\nsome of it").as_bytes());
        assert!(answer.starts_with("HTTP/1.1 405 "), "{answer:?}");
    }
}
