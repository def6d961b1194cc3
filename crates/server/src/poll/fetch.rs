//! One request to one agent over a kept connection: the body of the answer, or why there is none.

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

/// Time limit of a poll, from name resolution to the last byte.
pub const DEADLINE: Duration = Duration::from_secs(10);
/// Size limit of an answer, in bytes.
pub const MAX_ANSWER: usize = 1024 * 1024;

/// The HTTP client for all agents.
#[derive(Clone)]
pub struct Fetcher {
    tls: TlsConnector,
    /// Sent to agents, so that they keep readings at the same interval.
    interval_s: f64,
    denied: Denied,
}

/// What is kept for a computer between polls: its connection and its resolved addresses.
#[derive(Default)]
pub struct AgentLink {
    connection: Option<Connection>,
    addresses: Addresses,
}

impl AgentLink {
    /// Whether a connection is open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.connection.is_some()
    }

    /// Closes the connection; the next poll opens a new one.
    pub fn close(&mut self) {
        self.connection = None;
    }
}

impl Fetcher {
    /// Creates a fetcher that checks certificates as `tls` says.
    #[must_use]
    pub fn new(tls: Arc<rustls::ClientConfig>, interval: Duration) -> Self {
        Self {
            tls: tls.into(),
            interval_s: interval.as_secs_f64(),
            denied: Denied::default(),
        }
    }

    /// Refuses connections to these networks as well.
    #[must_use]
    pub fn with_denied_networks(self, networks: &[IpNet]) -> Self {
        Self {
            denied: Denied::from_networks(networks),
            ..self
        }
    }

    /// Requests the answer of an agent, within [`DEADLINE`].
    ///
    /// # Errors
    /// Why there is no answer. The link can be used for the next poll in any case.
    pub async fn fetch(
        &self,
        target: &Target,
        link: &mut AgentLink,
    ) -> Result<Vec<u8>, FetchError> {
        match tokio::time::timeout(DEADLINE, self.try_twice(target, link)).await {
            Ok(result) => result,
            Err(_) => {
                // A late answer to this request must not be taken for the next one.
                link.connection = None;
                Err(FetchError::Deadline)
            }
        }
    }

    /// Retries once over a new connection, since a kept connection may have gone stale since the last poll.
    async fn try_twice(
        &self,
        target: &Target,
        link: &mut AgentLink,
    ) -> Result<Vec<u8>, FetchError> {
        if let Some(mut connection) = link.connection.take()
            && connection.is_idle()
        {
            match self.exchange_over(target, link, connection).await {
                Err(FetchError::Broken(_)) => {}
                result => return result,
            }
        }
        let connection =
            connect::connect(target, &mut link.addresses, &self.denied, &self.tls).await?;
        self.exchange_over(target, link, connection).await
    }

    async fn exchange_over(
        &self,
        target: &Target,
        link: &mut AgentLink,
        connection: Connection,
    ) -> Result<Vec<u8>, FetchError> {
        let (body, kept) = connection.send_request(&self.request(target)).await?;
        link.connection = kept;
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

/// Reads `bytes` as everything that arrives on a connection.
///
/// # Panics
/// The body exceeds the size limit.
#[cfg(fuzzing)]
pub async fn read_answer(bytes: &[u8]) {
    let mut stream = tokio::io::join(bytes, tokio::io::sink());
    if let Ok(answer) = exchange(&mut stream, b"GET /").await {
        assert!(answer.body.len() <= MAX_ANSWER);
    }
}

#[cfg(test)]
mod tests;
