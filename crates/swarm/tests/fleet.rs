//! The fleet as a server sees it: refusing, silent, short of descriptors, on many ports.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a failed expectation ends the test")]

use muster_swarm::address::{address_of, port_of};
use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const BINARY: &str = env!("CARGO_BIN_EXE_muster-swarm");
const REQUEST: &[u8] =
    b"GET /systeminfo?processes=0 HTTP/1.1\r\nhost: box\r\nauthorization: Bearer swarm\r\n\r\n";

/// A running fleet; ended on drop.
struct Fleet {
    child: Child,
    line: String,
}

impl Fleet {
    fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        let mut output = BufReader::new(child.stdout.as_mut().unwrap());
        output.read_line(&mut line).unwrap();
        Self { child, line }
    }

    fn serve(arguments: &[&str]) -> Self {
        let mut command = Command::new(BINARY);
        Self::start(command.args(["serve", "--port", "0"]).args(arguments))
    }

    /// Its port, or its first port.
    fn port(&self) -> u16 {
        let mut words = self.line.split([' ', ',']);
        words.find(|word| word.starts_with("port"));
        words.next().unwrap().parse().unwrap()
    }

    fn connect(&self, address: Ipv4Addr) -> TcpStream {
        let stream = TcpStream::connect((address, self.port())).unwrap();
        let patience = Some(Duration::from_secs(20));
        stream.set_read_timeout(patience).unwrap();
        stream
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The next answer of a connection.
fn ask(stream: &mut TcpStream) -> String {
    stream.write_all(REQUEST).unwrap();
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|it| it.strip_prefix("content-length: "));
            if body.len() == length.unwrap().parse::<usize>().unwrap() {
                return text;
            }
        }
        let count = stream.read(&mut piece).unwrap();
        assert!(count > 0, "it ended after {text}");
        bytes.extend_from_slice(&piece[..count]);
    }
}

fn is_kept(answer: &str) -> bool {
    !answer.contains("connection: close")
}

/// Reads a connection to its end.
fn reads(mut stream: TcpStream) -> Result<Vec<u8>, ErrorKind> {
    let mut bytes = Vec::new();
    let asked = stream.write_all(REQUEST);
    let read = asked.and_then(|()| stream.read_to_end(&mut bytes));
    read.map(|_| bytes).map_err(|error| error.kind())
}

#[test]
fn a_healthy_one_keeps_its_connection() {
    let fleet = Fleet::serve(&["--agents", "2"]);
    let mut stream = fleet.connect(address_of(1, 1));
    for _ in 0..3 {
        let answer = ask(&mut stream);
        assert!(
            is_kept(&answer) && answer.contains("\"swarm-000001\""),
            "{answer}"
        );
    }
    let nobody = reads(fleet.connect(address_of(2, 1)));
    assert!(nobody.unwrap_or_default().is_empty());
}

#[test]
fn one_that_refuses_resets() {
    let fleet = Fleet::serve(&["--agents", "1", "--faulty", "100", "--fault", "refusing"]);
    assert!(fleet.line.contains("1 of them faulty"), "{}", fleet.line);
    assert_eq!(
        reads(fleet.connect(address_of(0, 1))),
        Err(ErrorKind::ConnectionReset)
    );
}

#[test]
fn a_dead_one_accepts_and_is_silent() {
    let fleet = Fleet::serve(&["--agents", "1", "--faulty", "100", "--fault", "dead"]);
    let stream = fleet.connect(address_of(0, 1));
    let patience = Some(Duration::from_millis(500));
    stream.set_read_timeout(patience).unwrap();
    assert_eq!(reads(stream), Err(ErrorKind::WouldBlock));
}

#[test]
fn only_the_faulty_are() {
    let flags = ["--agents", "4", "--faulty", "50", "--fault", "token,cut"];
    let fleet = Fleet::serve(&flags);
    let statuses = [0, 1, 2].map(|number| {
        let answer = ask(&mut fleet.connect(address_of(number, 1)));
        answer.split(' ').nth(1).unwrap().to_owned()
    });
    assert_eq!(statuses, ["200", "401", "200"]);
    let cut = reads(fleet.connect(address_of(3, 1))).unwrap();
    let text = String::from_utf8(cut).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let length = head
        .lines()
        .find_map(|it| it.strip_prefix("content-length: "));
    assert_eq!(length.unwrap().parse::<usize>().unwrap() / 2, body.len());
}

#[test]
fn neighbours_share_an_address_at_ports_of_their_own() {
    let mut fleet = None;
    // Three consecutive free ports may be taken a moment later.
    for _ in 0..20 {
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr();
        let port = free.unwrap().port().min(60_000).to_string();
        let mut command = Command::new(BINARY);
        let arguments = ["serve", "--agents", "5", "--ports", "3", "--port", &port];
        let started = Fleet::start(command.args(arguments).stderr(Stdio::null()));
        if !started.line.is_empty() {
            fleet = Some(started);
            break;
        }
    }
    let fleet = fleet.unwrap();
    let first = fleet.port();
    for number in 0..5 {
        let place = (address_of(number, 3), first + port_of(number, 3));
        let answer = ask(&mut TcpStream::connect(place).unwrap());
        assert!(
            answer.contains(&format!("\"swarm-{number:06}\"")),
            "{answer}"
        );
    }
    assert_eq!(
        [address_of(0, 3), address_of(2, 3), address_of(3, 3)].map(|it| it.octets()[3]),
        [0, 0, 1]
    );
}

#[test]
fn with_few_descriptors_connections_end_with_their_answers() {
    let mut command = Command::new("sh");
    command.args([
        "-c",
        "ulimit -n 128; exec \"$0\" serve --port 0 --agents 300",
        BINARY,
    ]);
    let fleet = Fleet::start(&mut command);
    let mut open = Vec::new();
    let kept: Vec<bool> = (0..300)
        .map(|number| {
            let mut stream = fleet.connect(address_of(number, 1));
            let answer = ask(&mut stream);
            open.push(stream);
            is_kept(&answer)
        })
        .collect();
    let count = kept.iter().filter(|kept| **kept).count();
    assert!((30..128).contains(&count), "{count} were kept");
    assert!(!kept[299], "all were answered, and the last is not kept");
}
