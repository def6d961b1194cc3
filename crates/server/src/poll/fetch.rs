//! One poll of one agent over one kept connection: bytes of an answer, or why there are none.

mod connect;
mod connection;
mod denied;
mod error;
mod exchange;
mod framing;
mod resting;
mod tls;
mod verify;

pub use error::FetchError;
pub use tls::{client_config, pinned_config};

use crate::poll::address::Target;
use connect::Addresses;
use connection::Connection;
use denied::Denied;
#[cfg(fuzzing)]
use exchange::exchange;
use ipnet::IpNet;
use std::sync::Arc;
use std::time::Duration;
use tokio_rustls::TlsConnector;

/// How long a poll may take, from the name's resolution to the last byte.
pub const DEADLINE: Duration = Duration::from_secs(10);
/// Bytes of an answer, at most.
pub const MAX_ANSWER: usize = 1024 * 1024;

/// What all polls share.
#[derive(Clone)]
pub struct Fetcher {
    tls: TlsConnector,
    /// Said to agents, so that they keep readings as often as they are asked.
    interval_s: f64,
    denied: Denied,
}

/// What is kept of a computer from one poll to the next.
#[derive(Default)]
pub struct Line {
    connection: Option<Connection>,
    addresses: Addresses,
}

impl Line {
    /// Whether a connection waits for the next poll.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.connection.is_some()
    }

    /// Closes the connection: the next poll makes another.
    pub fn close(&mut self) {
        self.connection = None;
    }
}

impl Fetcher {
    /// A fetcher that checks certificates as `tls` says.
    #[must_use]
    pub fn new(tls: Arc<rustls::ClientConfig>, interval: Duration) -> Self {
        Self {
            tls: tls.into(),
            interval_s: interval.as_secs_f64(),
            denied: Denied::default(),
        }
    }

    /// One that connects to none of these addresses either.
    #[must_use]
    pub fn denying(self, networks: &[IpNet]) -> Self {
        Self {
            denied: Denied::of(networks),
            ..self
        }
    }

    /// Asks an agent, within [`DEADLINE`].
    ///
    /// # Errors
    /// Why there is no answer. The line is good for the next poll either way.
    pub async fn fetch(&self, target: &Target, line: &mut Line) -> Result<Vec<u8>, FetchError> {
        match tokio::time::timeout(DEADLINE, self.try_twice(target, line)).await {
            Ok(result) => result,
            Err(_) => {
                // Whatever the connection waits for may still arrive, and is not the next answer.
                line.connection = None;
                Err(FetchError::Deadline)
            }
        }
    }

    /// A kept connection may have gone stale between two polls without anybody's fault: once more, anew.
    async fn try_twice(&self, target: &Target, line: &mut Line) -> Result<Vec<u8>, FetchError> {
        if let Some(mut connection) = line.connection.take()
            && connection.is_quiet()
        {
            match self.ask(target, line, connection).await {
                Err(FetchError::Broken(_)) => {}
                result => return result,
            }
        }
        let connection =
            connect::connect(target, &mut line.addresses, &self.denied, &self.tls).await?;
        self.ask(target, line, connection).await
    }

    async fn ask(
        &self,
        target: &Target,
        line: &mut Line,
        connection: Connection,
    ) -> Result<Vec<u8>, FetchError> {
        let (body, kept) = connection.ask(&self.request(target)).await?;
        line.connection = kept;
        Ok(body)
    }

    fn request(&self, target: &Target) -> Vec<u8> {
        let mut request = Vec::with_capacity(512);
        let parts: [&[u8]; 9] = [
            b"GET ",
            path(target).as_bytes(),
            b" HTTP/1.1\r\nhost: ",
            target.host_header.as_bytes(),
            b"\r\nauthorization: ",
            target.authorization.as_bytes(),
            b"\r\naccept: application/json\r\nuser-agent: muster/",
            env!("CARGO_PKG_VERSION").as_bytes(),
            b"\r\n",
        ];
        parts
            .iter()
            .for_each(|part| request.extend_from_slice(part));
        let interval = format!(
            "{}: {}\r\n\r\n",
            muster_wire::INTERVAL_HEADER,
            self.interval_s
        );
        request.extend_from_slice(interval.as_bytes());
        request
    }
}

fn path(target: &Target) -> &str {
    target
        .path
        .path_and_query()
        .map_or("/", |path| path.as_str())
}

/// Takes the input for all that comes over a connection.
///
/// # Panics
/// Where more is taken in than an answer may have.
#[cfg(fuzzing)]
pub async fn read_answer(bytes: &[u8]) {
    let mut stream = tokio::io::join(bytes, tokio::io::sink());
    if let Ok(answer) = exchange(&mut stream, b"GET /").await {
        assert!(answer.body.len() <= MAX_ANSWER);
    }
}

#[cfg(test)]
mod tests;
