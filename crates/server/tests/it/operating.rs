//! The `muster` binary in operation: its JSON log and the health command.

use crate::binary::{ServerProcess, muster, output, serve, start, stop, text};
use serde_json::Value;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

#[test]
fn every_line_of_a_json_log_is_an_object() {
    let folder = TempDir::new().unwrap();
    let mut command = muster(folder.path(), &["serve", "--listen", "127.0.0.1:0"]);
    command.env("MUSTER_LOG_FORMAT", "json");
    let log = stop(start(command).0);
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}")))
        .collect();
    for line in &lines {
        let moment = line["timestamp"].as_str().unwrap();
        moment.parse::<jiff::Timestamp>().unwrap();
        assert!(["INFO", "WARN", "ERROR"].contains(&line["level"].as_str().unwrap()));
        assert!(line["fields"]["message"].is_string(), "{line}");
    }
    assert_eq!(lines.last().unwrap()["fields"]["message"], "stopped");
    assert!(log.contains("default password"));
}

#[test]
fn the_final_error_is_a_json_object_too() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("stats.db"), "no database").unwrap();
    let output = output(folder.path(), &["--log-format", "json"]);
    assert!(!output.status.success());
    let words = text(&output.stderr);
    let last: Value = serde_json::from_str(words.lines().last().unwrap()).unwrap();
    assert_eq!(last["level"], "ERROR");
    assert!(words.contains("stats.db"), "{words}");
}

#[test]
fn an_invalid_log_format_is_reported() {
    let folder = TempDir::new().unwrap();
    let output = output(folder.path(), &["verify", "--log-format", "xml"]);
    let words = text(&output.stderr);
    assert!(words.contains("text") && words.contains("json"), "{words}");
}

#[test]
fn the_health_command_checks_whether_a_server_is_ready() {
    let folder = TempDir::new().unwrap();
    let (child, url) = serve(folder.path());
    let address = url.trim_start_matches("http://").trim_end_matches('/');
    let asked = output(folder.path(), &["healthcheck", "--listen", address]);
    assert!(asked.status.success(), "{}", text(&asked.stderr));
    assert!(text(&asked.stdout).contains("\"ready\""));
    stop(child);
    let asked = output(folder.path(), &["healthcheck", "--listen", address]);
    assert!(!asked.status.success());
    let words = text(&asked.stderr);
    assert!(
        words.contains(&format!("no Muster server answers at {address}")),
        "{words}"
    );
}

#[test]
fn a_server_that_is_not_ready_is_unhealthy() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let answering = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut head = [0; 1024];
        let _ = stream.read(&mut head).unwrap();
        let answer = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 8\r\n\r\n{\"a\": 1}";
        stream.write_all(answer.as_bytes()).unwrap();
    });
    let folder = TempDir::new().unwrap();
    let asked = output(folder.path(), &["healthcheck", "--listen", &address]);
    assert!(!asked.status.success());
    let words = text(&asked.stderr);
    assert!(words.contains("is not ready: {\"a\": 1}"), "{words}");
    answering.join().unwrap();
}

#[test]
fn the_health_command_trusts_only_the_servers_own_certificate() {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, text: String| std::fs::write(folder.path().join(name), text).unwrap();
    for name in ["own", "other"] {
        let made = rcgen::generate_simple_self_signed(["box".to_owned()]).unwrap();
        write(&format!("{name}.pem"), made.cert.pem());
        write(&format!("{name}.key"), made.signing_key.serialize_pem());
    }
    let tls = ["--tls-cert", "own.pem", "--tls-key", "own.key"];
    let flags = [&["serve", "--listen", "127.0.0.1:0"][..], &tls].concat();
    let (child, url) = start(muster(folder.path(), &flags));
    let address = url.trim_start_matches("https://").trim_end_matches('/');
    let ask = |certificate| {
        let flags = [
            "healthcheck",
            "--listen",
            address,
            "--tls-cert",
            certificate,
        ];
        output(folder.path(), &flags)
    };
    let asked = ask("own.pem");
    assert!(asked.status.success(), "{}", text(&asked.stderr));
    assert!(text(&asked.stdout).contains("\"ready\""));
    assert!(!ask("other.pem").status.success());
    let plain = output(folder.path(), &["healthcheck", "--listen", address]);
    let words = text(&plain.stderr);
    assert!(words.contains("with --tls-cert"), "{words}");
    let missing = text(&ask("missing.pem").stderr);
    assert!(missing.contains("missing.pem"), "{missing}");
    stop(child);
}

/// Another program that locks the database until it is dropped.
struct Holder(Child);

impl Holder {
    fn of(folder: &Path) -> Self {
        let hold = "import sqlite3, sys\n\
            database = sqlite3.connect('stats.db')\n\
            database.execute('BEGIN EXCLUSIVE')\n\
            print('held', flush=True)\n\
            sys.stdin.read()";
        let mut child = Command::new("python3")
            .args(["-c", hold])
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut said = BufReader::new(child.stdout.as_mut().unwrap());
        said.read_line(&mut line).unwrap();
        assert_eq!(line, "held\n");
        Self(child)
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

/// The status and the body of a response, if there is one.
fn get(address: SocketAddr, path: &str) -> Option<(String, String)> {
    let mut stream = TcpStream::connect(address).ok()?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: box\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    Some((head[9..12].to_owned(), body.to_owned()))
}

fn until(what: &str, mut done: impl FnMut() -> bool) {
    let began = Instant::now();
    while !done() {
        assert!(began.elapsed() < Duration::from_secs(20), "in vain: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_starting_server_is_alive_but_not_ready() {
    let folder = TempDir::new().unwrap();
    stop(serve(folder.path()).0);
    let holder = Holder::of(folder.path());
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let listen = address.to_string();
    let mut child = muster(folder.path(), &["serve", "--listen", &listen])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    until("the server", || get(address, "/livez").is_some());
    let (status, body) = get(address, "/healthz").unwrap();
    assert_eq!(status, "503");
    assert!(body.contains("the server is starting"), "{body}");
    assert_eq!(get(address, "/livez").unwrap().0, "200");
    assert_eq!(get(address, "/api/computers").unwrap().0, "503");
    drop(holder);
    until("ready", || {
        get(address, "/healthz").is_some_and(|answer| answer.0 == "200")
    });
    assert!(child.try_wait().unwrap().is_none());
    stop(ServerProcess(child));
}
