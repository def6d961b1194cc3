//! A connection from one poll to the next, in whichever way it speaks.

use super::FetchError;
use super::exchange::{Answer, exchange, is_idle};
use super::resting::Resting;
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

/// What an answer can be asked over.
pub enum Connection {
    /// Without TLS.
    Plain(TcpStream),
    /// As rustls holds it: for its first poll, and for all of them where it cannot rest.
    Tls(Box<TlsStream<TcpStream>>),
    /// As little of it as the next poll needs.
    Resting(Box<Resting>),
}

impl Connection {
    /// Whether one that was kept waits for its next question: nothing came unasked for, and nobody closed it.
    pub fn is_quiet(&mut self) -> bool {
        match self {
            Self::Plain(stream) => is_idle(stream),
            Self::Tls(stream) => is_idle(&mut **stream),
            Self::Resting(resting) => resting.wake().is_quiet(),
        }
    }

    /// Asks; the connection comes back if it is good for another poll.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn ask(mut self, request: &[u8]) -> Result<(Vec<u8>, Option<Self>), FetchError> {
        let Answer { body, keeps } = match &mut self {
            Self::Plain(stream) => exchange(stream, request).await?,
            Self::Tls(stream) => exchange(&mut **stream, request).await?,
            Self::Resting(resting) => {
                let mut awake = resting.wake();
                let answer = exchange(&mut awake, request).await?;
                let keeps = answer.keeps && awake.is_spent();
                Answer { keeps, ..answer }
            }
        };
        let kept = if keeps { self.rest() } else { None };
        Ok((body, kept))
    }

    fn rest(self) -> Option<Self> {
        let Self::Tls(mut stream) = self else {
            return Some(self);
        };
        if !is_idle(&mut *stream) {
            // What came unasked for would be taken for the next answer.
            return None;
        }
        match Resting::can(stream.get_ref().1) {
            true => Resting::of(*stream).map(|resting| Self::Resting(Box::new(resting))),
            false => Some(Self::Tls(stream)),
        }
    }
}
