//! A server on a free port, and clients that send exact bytes.

use muster_agent::collect::{Collector, Options};
use muster_agent::http::App;
use muster_agent::serve::{Limits, run_until_stopped};
use muster_agent::tls::Protocols;
use muster_agent::token::Token;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// The token of all servers here.
pub const TOKEN: &str = "the-token";

/// Timeout of a client, after which the test fails.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server of the agent in this process, on its own thread. It stops at the end of the test.
pub struct Server {
    pub address: SocketAddr,
    shutdown: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub fn start(limits: Limits) -> Self {
        Self::with_protocols(Protocols::default(), limits)
    }

    pub fn with_protocols(protocols: Protocols, limits: Limits) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let (shutdown, told) = oneshot::channel();
        let thread = std::thread::spawn(move || serve(listener, protocols, limits, told));
        Self {
            address,
            shutdown: Some(shutdown),
            thread: Some(thread),
        }
    }

    pub fn connect(&self) -> Client {
        Client::connect(self.address)
    }

    /// Sends this on a new connection and reads everything that comes back.
    pub fn exchange(&self, request: &[u8]) -> String {
        let mut client = self.connect();
        client.send(request);
        client.read_to_end()
    }
}

fn serve(
    listener: std::net::TcpListener,
    protocols: Protocols,
    limits: Limits,
    told: oneshot::Receiver<()>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener).unwrap();
        let collector = Collector::new(&Options::default(), Instant::now());
        let app = Arc::new(App::new(Token::new(TOKEN.as_bytes()).unwrap(), collector));
        run_until_stopped(listener, app, protocols, limits, async {
            told.await.unwrap_or(())
        })
        .await;
    });
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.shutdown.take());
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

/// One connection.
pub struct Client(pub TcpStream);

impl Client {
    pub fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        Self(stream)
    }

    pub fn send(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).unwrap();
    }

    /// Sends a valid request.
    pub fn send_get(&mut self, target: &str) {
        self.send(&request("GET", target, TOKEN));
    }

    /// Reads one answer: the head, and the body with the length from the head.
    pub fn read_answer(&mut self) -> Reply {
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            assert_eq!(self.0.read(&mut byte).unwrap(), 1, "closed after {head:?}");
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).unwrap();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        let mut body = vec![0; length.unwrap().parse().unwrap()];
        self.0.read_exact(&mut body).unwrap();
        let body = String::from_utf8(body).unwrap();
        Reply { head, body }
    }

    /// Reads until the other side closes or resets the connection.
    pub fn read_to_end(&mut self) -> String {
        let mut bytes = Vec::new();
        if let Err(error) = self.0.read_to_end(&mut bytes) {
            let reset = error.kind() == std::io::ErrorKind::ConnectionReset;
            assert!(reset, "{error} after {} bytes", bytes.len());
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// One answer.
pub struct Reply {
    pub head: String,
    pub body: String,
}

impl Reply {
    pub fn status(&self) -> &str {
        self.head.split(' ').nth(1).unwrap()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// A complete request.
pub fn request(method: &str, target: &str, token: &str) -> Vec<u8> {
    format!("{method} {target} HTTP/1.1\r\nHost: box\r\nAuthorization: Bearer {token}\r\n\r\n")
        .into_bytes()
}

/// Waits for something that another thread or process does.
pub fn until(what: &str, mut done: impl FnMut() -> bool) {
    let began = Instant::now();
    while !done() {
        assert!(began.elapsed() < PATIENCE, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}
