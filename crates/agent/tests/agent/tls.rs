//! TLS and plain HTTP on one port, with the same limits.

use crate::binary::{Agent, agent};
use crate::support::{Client, Server, TOKEN, request};
use muster_agent::connection::Timeouts;
use muster_agent::serve::Limits;
use muster_agent::tls::{Identity, Protocols};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned, SupportedProtocolVersion,
};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

type Secure = StreamOwned<ClientConnection, TcpStream>;

const VERSIONS: [&SupportedProtocolVersion; 2] = [&rustls::version::TLS12, &rustls::version::TLS13];

struct Secured {
    server: Server,
    folder: tempfile::TempDir,
}

fn secured(tls_only: bool, limits: Limits) -> Secured {
    let folder = tempfile::tempdir().unwrap();
    let identity = Identity::load_or_create(&folder.path().join("client_tls.pem")).unwrap();
    let server = Server::with_protocols(Protocols::new(Some(&identity), tls_only), limits);
    Secured { server, folder }
}

impl Secured {
    fn connect(&self, version: &'static SupportedProtocolVersion) -> Secure {
        connect(self.server.address, self.folder.path(), version)
    }
}

/// Connects, and trusts only the certificate in the folder.
fn connect(
    address: SocketAddr,
    folder: &Path,
    version: &'static SupportedProtocolVersion,
) -> Secure {
    let certificate = CertificateDer::from_pem_file(folder.join("client_tls.pem")).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(certificate).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[version])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = "muster-agent".try_into().unwrap();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    StreamOwned::new(connection, Client::connect(address).0)
}

fn poll(stream: &mut Secure, token: &str) -> String {
    stream
        .write_all(&request("GET", "/systeminfo", token))
        .unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"}") {
        let mut bytes = [0; 4096];
        let read = stream.read(&mut bytes).unwrap();
        assert!(
            read > 0,
            "closed after {}",
            String::from_utf8_lossy(&answer)
        );
        answer.extend_from_slice(&bytes[..read]);
    }
    String::from_utf8(answer).unwrap()
}

fn is_closed(mut stream: impl Read) -> bool {
    let mut bytes = Vec::new();
    // Closed, reset or cut off within a record, but not a timeout of this side.
    match stream.read_to_end(&mut bytes) {
        Ok(_) => true,
        Err(error) => error.kind() != std::io::ErrorKind::WouldBlock,
    }
}

fn short(milliseconds: u64) -> Limits {
    let short = Duration::from_millis(milliseconds);
    Limits {
        timeouts: Timeouts {
            head: short,
            answer: short,
            idle: short,
        },
        ..Limits::default()
    }
}

#[test]
fn both_are_answered_on_one_port() {
    let secured = secured(false, Limits::default());
    for version in VERSIONS {
        let mut stream = secured.connect(version);
        for _ in 0..2 {
            assert!(poll(&mut stream, TOKEN).starts_with("HTTP/1.1 200"));
        }
        assert!(poll(&mut secured.connect(version), "guess").starts_with("HTTP/1.1 401"));
    }
    let mut plain = secured.server.connect();
    plain.send_get("/systeminfo");
    assert_eq!(plain.read_answer().status(), "200");
}

#[test]
fn if_tls_is_required_plain_http_is_refused_with_advice() {
    let secured = secured(true, Limits::default());
    let answer = secured
        .server
        .exchange(&request("GET", "/systeminfo", TOKEN));
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    assert!(
        answer.contains("https://") && !answer.contains("cpu"),
        "{answer}"
    );
    assert!(poll(&mut secured.connect(VERSIONS[1]), TOKEN).starts_with("HTTP/1.1 200"));
}

#[test]
fn a_handshake_has_the_time_of_a_head() {
    let secured = secured(false, short(300));
    for beginning in [&b""[..], b"\x16", b"\x16\x03\x01\x02\x00\x01\x00"] {
        let mut client = secured.server.connect();
        client.send(beginning);
        assert!(is_closed(client.0), "{beginning:?}");
    }
    // A connection through TLS has the same limits as another.
    let mut stream = secured.connect(VERSIONS[1]);
    assert!(poll(&mut stream, "guess").starts_with("HTTP/1.1 401"));
    assert!(is_closed(stream));
}

#[test]
fn what_is_no_tls_after_all_ends() {
    let secured = secured(false, Limits::default());
    let mut client = secured.server.connect();
    client.send(b"\x16nonsense, and more of it than a record's head");
    assert!(is_closed(client.0));
}

#[test]
fn handshakes_that_stall_keep_nobody_out() {
    let secured = secured(
        false,
        Limits {
            connections: 16,
            ..Limits::default()
        },
    );
    let mut known = secured.connect(VERSIONS[1]);
    assert!(poll(&mut known, TOKEN).starts_with("HTTP/1.1 200"));
    let stalled: Vec<_> = (0..500)
        .map(|_| {
            let mut client = secured.server.connect();
            // According to its length, more follows.
            let _ = client
                .0
                .write_all(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03");
            client
        })
        .collect();
    assert!(poll(&mut secured.connect(VERSIONS[1]), TOKEN).starts_with("HTTP/1.1 200"));
    assert!(poll(&mut known, TOKEN).starts_with("HTTP/1.1 200"));
    drop(stalled);
}

#[test]
fn the_program_prints_one_line_that_says_all() {
    let folder = tempfile::tempdir().unwrap();
    let mut agent = Agent::start_with_line(&mut agent(folder.path()));
    let sha256 = Identity::load_or_create(&folder.path().join("client_tls.pem")).unwrap();
    let expected = format!(
        "muster://127.0.0.1:{}?token={}&sha256={}",
        agent.port(),
        agent.token(),
        sha256.sha256()
    );
    assert_eq!(agent.lines.pop(), Some(expected));
    let address = ([127, 0, 0, 1], agent.port()).into();
    let mut stream = connect(address, folder.path(), VERSIONS[1]);
    assert!(poll(&mut stream, agent.token()).starts_with("HTTP/1.1 200"));
}

#[test]
fn without_a_certificate_there_is_plain_http_or_none() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("client_tls.pem"), "damaged").unwrap();
    let running = Agent::start(&mut agent(folder.path()));
    assert_eq!(running.poll().status(), "200");
    let refused = agent(folder.path()).arg("--require-tls").output().unwrap();
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(
        !refused.status.success() && said.contains("client_tls.pem"),
        "{said}"
    );
    assert!(
        said.contains("--require-tls") && refused.stdout.is_empty(),
        "{said}"
    );

    std::fs::remove_file(folder.path().join("client_tls.pem")).unwrap();
    let strict = Agent::start(agent(folder.path()).env("MUSTER_AGENT_REQUIRE_TLS", "1"));
    assert_eq!(strict.poll().status(), "400");
}

#[test]
fn memory_stays_small_through_tls() {
    let folder = tempfile::tempdir().unwrap();
    let agent = Agent::start(&mut agent(folder.path()));
    let address = ([127, 0, 0, 1], agent.port()).into();
    let mut stream = connect(address, folder.path(), VERSIONS[1]);
    for _ in 0..1_000 {
        assert!(poll(&mut stream, agent.token()).starts_with("HTTP/1.1 200"));
    }
    let status = std::fs::read_to_string(format!("/proc/{}/status", agent.child.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS"));
    let resident_kb = line.unwrap().split_whitespace().nth(1).unwrap();
    let resident_kb: u64 = resident_kb.parse().unwrap();
    // Unoptimised code uses several times as much; this test is about growth.
    assert!(resident_kb < 20_000, "{resident_kb} kB");
}
