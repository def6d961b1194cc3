//! Hundreds of agents that stop in the middle of an answer, next to some healthy ones.

use crate::history::{self, with_runtime};
use crate::support::{Fleet, Server, alone, assert_verified, memory_kb, wait_until};
use muster_store::sqlite::{Missing, SqliteStore};
use muster_store::{Computers as _, NewComputer};
use muster_swarm::address;
use muster_swarm::computer::now_ms;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::time::Duration;

const HEALTHY: u32 = 20;
const HALFWAY: u32 = 500;
/// Connections are held for this many polls of each agent, which then end at their deadline.
const ENOUGH: u64 = 2 * HALFWAY as u64;
const MAX_MEMORY_KB: u64 = 200_000;

/// Sends the head and half of a body, and then nothing more. Returns the port.
fn stop_half_way() -> u16 {
    let listener = TcpListener::bind("0.0.0.0:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let mut held = Vec::new();
        while let Ok((mut stream, _)) = listener.accept() {
            let _ = stream.set_read_timeout(Some(Duration::from_secs(1)));
            let _ = stream.read(&mut [0; 4096]);
            let half = format!("{{\"memory\":{{\"total\":{}", "1".repeat(2_000));
            let head =
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9000\r\n\r\n";
            let _ = stream.write_all(format!("{head}{half}").as_bytes());
            held.push(stream);
        }
    });
    port
}

#[test]
#[ignore = "long: `make faults`"]
fn agents_that_stop_half_way_delay_nobody() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("stats.db");
    let fleet = Fleet::start(HEALTHY, &[]);
    fleet.register(&database);
    let port = stop_half_way();
    with_runtime(async {
        let store = SqliteStore::open(&database, Missing::Refuse).await.unwrap();
        for number in 0..HALFWAY {
            let computer = NewComputer {
                name: format!("half-{number}"),
                url: format!("http://{}:{port}", address::address_of(number, 1)),
                token: "half".into(),
                ..NewComputer::default()
            };
            store.add_computer(&computer).await.unwrap();
        }
        store.close().await;
    });
    let server = Server::start(folder.path(), &["--interval", "2"]);
    wait_until(Duration::from_secs(120), "each stopped twice", || {
        server.metric("muster_polls_failed_total ") >= ENOUGH
    });
    let until_ms = now_ms().cast_signed();
    let interval = Duration::from_secs(2);
    wait_until(Duration::from_secs(20), "the others have samples", || {
        history::check(&database, HEALTHY, until_ms, interval).is_ok()
    });
    let memory_kb = memory_kb(server.id());
    assert!(memory_kb < MAX_MEMORY_KB, "{memory_kb} KiB");
    server.stop();
    let figures = history::check(&database, HEALTHY, until_ms, interval).unwrap();
    assert_verified(folder.path());
    println!("{HALFWAY} half-way, at most {memory_kb} KiB of memory: {figures:?}");
}
