//! A connection to an agent that is kept between polls: plain, TLS, or TLS at rest.

use super::FetchError;
use super::exchange::{Answer, exchange, is_idle};
use super::resting::RestingConnection;
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

/// An open connection to an agent.
pub enum Connection {
    /// Without TLS.
    Plain(TcpStream),
    /// TLS as rustls holds it: for the first poll, and for all polls if the connection cannot rest.
    Tls(Box<TlsStream<TcpStream>>),
    /// TLS reduced to what the next poll needs.
    Resting(Box<RestingConnection>),
}

impl Connection {
    /// Whether the connection can be used for the next request: it is open, and no unexpected bytes arrived.
    pub fn is_idle(&mut self) -> bool {
        match self {
            Self::Plain(stream) => is_idle(stream),
            Self::Tls(stream) => is_idle(&mut **stream),
            Self::Resting(resting) => resting.wake().is_idle(),
        }
    }

    /// Sends a request, and returns the body and, if it can be reused, the connection.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn send_request(
        mut self,
        request: &[u8],
    ) -> Result<(Vec<u8>, Option<Self>), FetchError> {
        let Answer { body, keep_alive } = match &mut self {
            Self::Plain(stream) => exchange(stream, request).await?,
            Self::Tls(stream) => exchange(&mut **stream, request).await?,
            Self::Resting(resting) => {
                let mut awake = resting.wake();
                let answer = exchange(&mut awake, request).await?;
                let keep_alive = answer.keep_alive && awake.is_drained();
                Answer {
                    keep_alive,
                    ..answer
                }
            }
        };
        let kept = if keep_alive { self.rest() } else { None };
        Ok((body, kept))
    }

    fn rest(self) -> Option<Self> {
        let Self::Tls(mut stream) = self else {
            return Some(self);
        };
        if !is_idle(&mut *stream) {
            // Unexpected bytes would be taken for the next answer.
            return None;
        }
        if RestingConnection::is_supported(stream.get_ref().1) {
            RestingConnection::from_stream(*stream).map(|resting| Self::Resting(Box::new(resting)))
        } else {
            Some(Self::Tls(stream))
        }
    }
}
