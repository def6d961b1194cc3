//! Sends the input to the agent's real server over a new connection. The agent must answer with HTTP or not at all, and
//! must not send a reading without the token.

#![no_main]

use libfuzzer_sys::fuzz_target;
use muster_agent::collect::{Collector, Options};
use muster_agent::connection::Timeouts;
use muster_agent::http::App;
use muster_agent::ring::{self, Ring};
use muster_agent::serve::{Limits, run_until_stopped};
use muster_agent::tls::Protocols;
use muster_agent::token::Token;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::OnceLock;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;

const TOKEN: &str = "the-token";
/// Maximum bytes of all answers to one input.
const MAX_ANSWER: u64 = 64 << 20;
const SECOND: Duration = Duration::from_secs(1);

fuzz_target!(|bytes: &[u8]| {
    static SERVER: OnceLock<(Runtime, SocketAddr)> = OnceLock::new();
    let (runtime, address) = SERVER.get_or_init(start);
    let answer = runtime.block_on(exchange(*address, bytes));
    assert!(answer.is_empty() || answer.starts_with(b"HTTP/1."));
    if !contains(bytes, TOKEN.as_bytes()) {
        assert!(
            !contains(&answer, b" 200 OK"),
            "a reading without the token"
        );
    }
});

fn start() -> (Runtime, SocketAddr) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"));
    let listener = listener.expect("a free port");
    let address = listener.local_addr().expect("its address");
    let limits = Limits {
        connections: 64,
        timeouts: Timeouts {
            head: SECOND,
            answer: SECOND,
            idle: SECOND,
        },
    };
    let token = Token::new(TOKEN.as_bytes()).expect("a token");
    let app = Arc::new(App::new(token, collector()).with_ring(ring()));
    app.record_reading();
    runtime.spawn(run_until_stopped(
        listener,
        app,
        Protocols::default(),
        limits,
        std::future::pending(),
    ));
    (runtime, address)
}

/// A collector for a fixture, so that readings do not depend on this computer.
fn collector() -> Collector {
    let computer =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/agent/tests/fixtures/proc-before");
    let options = Options {
        proc: computer.join("proc"),
        root: computer.join("root"),
        ..Options::default()
    };
    Collector::new(&options, Instant::now())
}

fn ring() -> Ring {
    Ring::new(ring::Limits::new(24 * 3600 * SECOND))
}

async fn exchange(address: SocketAddr, bytes: &[u8]) -> Vec<u8> {
    let mut answer = Vec::new();
    if let Ok(mut stream) = TcpStream::connect(address).await {
        let (read, mut write) = stream.split();
        let send = async {
            let _ = write.write_all(bytes).await;
            let _ = write.shutdown().await;
        };
        let mut read = read.take(MAX_ANSWER);
        let receive = read.read_to_end(&mut answer);
        let _ = tokio::time::timeout(20 * SECOND, async { tokio::join!(send, receive) })
            .await
            .expect("the agent hangs");
    }
    answer
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
