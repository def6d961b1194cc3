//! A fleet that uses TLS only, with one shared certificate that the server pins.

use crate::history::number;
use crate::support::{Fleet, Server, alone, assert_verified, wait_until};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

const AGENTS: u32 = 20;

#[test]
#[ignore = "long: `make faults`"]
fn a_fleet_in_tls_is_heard_and_known_by_its_certificate() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("own.pem").display().to_string();
    let fleet = Fleet::start(AGENTS, &["--tls", "--tls-file", &own]);
    let heard = "SELECT count(DISTINCT computer_id) FROM stats";
    all_are(&fleet, &own, heard);
    let other = folder.path().join("other.pem").display().to_string();
    let refused = "SELECT count(*) FROM computers WHERE reason LIKE 'its certificate changed%'";
    all_are(&fleet, &other, refused);
    assert_no_plain_http(fleet.port);
}

/// Adds a fleet with this certificate to a new server, and waits until the statement counts all computers.
fn all_are(fleet: &Fleet, certificate: &str, statement: &str) {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("stats.db");
    fleet.register_with(&database, &["--tls", "--tls-file", certificate]);
    let server = Server::start(folder.path(), &["--interval", "2"]);
    wait_until(Duration::from_secs(60), statement, || {
        number(&database, statement) == i64::from(AGENTS)
    });
    server.stop();
    assert_verified(folder.path());
}

fn assert_no_plain_http(port: u16) {
    let mut stream = TcpStream::connect(("127.1.0.0", port)).unwrap();
    let request = b"GET /systeminfo HTTP/1.0\r\nauthorization: Bearer swarm\r\n\r\n";
    stream.write_all(request).unwrap();
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    assert!(!bytes.starts_with(b"HTTP"), "{bytes:?}");
}
