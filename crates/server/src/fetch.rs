//! One poll of one agent over one kept connection: bytes of an answer, or why there are none.

mod connect;
mod denied;
mod error;
mod tls;
mod verify;

pub use error::FetchError;
pub use tls::{client_config, pinned_config};

use crate::target::Target;
use bytes::Bytes;
use connect::{Addresses, Connection};
use denied::Denied;
use http::{HeaderValue, Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
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
    interval: HeaderValue,
    denied: Denied,
}

/// What is kept of a computer from one poll to the next.
#[derive(Default)]
pub struct Line {
    connection: Option<Connection>,
    addresses: Addresses,
}

impl Fetcher {
    /// A fetcher that checks certificates as `tls` says.
    #[must_use]
    pub fn new(tls: Arc<rustls::ClientConfig>, interval: Duration) -> Self {
        let seconds = HeaderValue::from_str(&interval.as_secs_f64().to_string());
        Self {
            tls: tls.into(),
            interval: seconds.unwrap_or_else(|_| HeaderValue::from_static("30")),
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
        if let Some(connection) = line.connection.take()
            && !connection.is_closed()
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
        mut connection: Connection,
    ) -> Result<Vec<u8>, FetchError> {
        let response = connection.send(self.request(target)?).await?;
        let status = response.status();
        let body = read_body(response.into_body()).await;
        if body.is_ok() {
            line.connection = Some(connection);
        }
        match status {
            StatusCode::OK => body,
            status => Err(FetchError::Status(status)),
        }
    }

    fn request(&self, target: &Target) -> Result<Request<Empty<Bytes>>, FetchError> {
        Request::builder()
            .method(Method::GET)
            .uri(target.path.clone())
            .header(header::HOST, target.host_header.clone())
            .header(header::AUTHORIZATION, target.authorization.clone())
            .header(header::ACCEPT, "application/json")
            .header(muster_wire::INTERVAL_HEADER, self.interval.clone())
            .header(
                header::USER_AGENT,
                concat!("muster/", env!("CARGO_PKG_VERSION")),
            )
            .body(Empty::new())
            .map_err(|error| FetchError::Broken(error.to_string()))
    }
}

/// Copied together as it comes: a million frames of a byte each, kept as they are, would take 45 times as much.
async fn read_body(mut body: Incoming) -> Result<Vec<u8>, FetchError> {
    let mut whole = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| FetchError::Broken(connect::innermost(&error)))?;
        let data = frame.into_data().unwrap_or_default();
        if whole.len() + data.len() > MAX_ANSWER {
            return Err(FetchError::TooLarge);
        }
        whole.extend_from_slice(&data);
    }
    Ok(whole)
}

#[cfg(test)]
mod tests;
