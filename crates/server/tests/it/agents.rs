//! Agents of all kinds, with answers that the tests choose.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

pub const FASTAPI_CLIENT: &str = include_str!("../../../wire/tests/fixtures/fastapi_client.json");
pub const FIRST_RELEASE: &str =
    include_str!("../../../wire/tests/fixtures/fastapi_client_first_release.json");
pub const MUSTER_AGENT: &str = include_str!("../../../wire/tests/fixtures/muster_agent_0.1.json");
pub const TOKEN: &str = "tok";

/// An agent that listens until it is dropped.
pub struct Agent {
    pub address: SocketAddr,
    pub connections: Arc<AtomicUsize>,
    pub requests: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Agent {
    /// Answers each request with the bytes that `answer` returns for its number; if they end with [`CLOSE`], closes
    /// the connection afterwards.
    pub async fn start(answer: impl Fn(usize) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self::start_at(SocketAddr::from(([127, 0, 0, 1], 0)), answer).await
    }

    async fn start_at(
        address: SocketAddr,
        answer: impl Fn(usize) -> Vec<u8> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (connections, requests) =
            (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let counts = (connections.clone(), requests.clone());
        let answer = Arc::new(answer);
        let task = tokio::spawn(async move {
            // Ends with the task, together with all conversations.
            let mut conversations = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                counts.0.fetch_add(1, Ordering::SeqCst);
                conversations.spawn(converse(stream, counts.1.clone(), answer.clone()));
            }
        });
        Self {
            address,
            connections,
            requests,
            task,
        }
    }

    /// Answers each request with this JSON, with keep-alive.
    pub async fn answering(json: &'static str) -> Self {
        Self::start(move |_| ok(json)).await
    }

    /// The same at a given address.
    pub async fn answering_at(address: SocketAddr, json: &'static str) -> Self {
        Self::start_at(address, move |_| ok(json)).await
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// At the end of an answer: close the connection after it.
pub const CLOSE: &[u8] = b"\0close";
/// At the end of an answer: send nothing more and keep the connection open.
pub const HANG: &[u8] = b"\0hang";

pub fn ok(json: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{json}",
        json.len()
    )
    .into_bytes()
}

async fn converse(
    stream: TcpStream,
    requests: Arc<AtomicUsize>,
    answer: Arc<impl Fn(usize) -> Vec<u8> + Send + Sync>,
) {
    let mut stream = BufReader::new(stream);
    while read_head(&mut stream).await {
        let bytes = answer(requests.fetch_add(1, Ordering::SeqCst));
        let (bytes, end) = match (bytes.strip_suffix(CLOSE), bytes.strip_suffix(HANG)) {
            (Some(before), _) => (before, Some(false)),
            (_, Some(before)) => (before, Some(true)),
            _ => (bytes.as_slice(), None),
        };
        if stream.write_all(bytes).await.is_err() {
            return;
        }
        match end {
            None => {}
            Some(false) => return,
            Some(true) => {
                let _ = stream.read_to_end(&mut Vec::new()).await;
                return;
            }
        }
    }
}

/// Reads the head of a request up to its empty line; false at the end of the connection, or if the token is
/// wrong, which no test wants.
async fn read_head(stream: &mut BufReader<TcpStream>) -> bool {
    let mut authorized = false;
    loop {
        let mut line = String::new();
        match stream.read_line(&mut line).await {
            Ok(0) | Err(_) => return false,
            Ok(_) => authorized |= line.trim_end() == format!("authorization: Bearer {TOKEN}"),
        }
        if line == "\r\n" {
            return authorized;
        }
    }
}
