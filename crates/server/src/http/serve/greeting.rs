//! How a connection begins: as it is, or with the handshake of TLS, which says which HTTP follows.

use super::WRITE_TIMEOUT;
use std::pin::Pin;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_io_timeout::TimeoutStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// The first byte of TLS: a record of its handshake. No request of HTTP begins with it.
const TLS_HANDSHAKE: u8 = 0x16;
/// Bytes and time for what somebody still sends after a refusal, so that they read it.
const MAX_LINGER_BYTES: u64 = 64 * 1024;
const MAX_LINGER: Duration = Duration::from_secs(1);
const USE_HTTPS: &[u8] = b"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\n\
    content-length: 72\r\nconnection: close\r\n\r\n\
    {\"error\": \"This port speaks TLS: open it with https:// in its address.\"}";

/// Bounded in the time for which its other end may take nothing.
type Bounded = Pin<Box<TimeoutStream<TcpStream>>>;

/// A connection that is ready for requests.
pub enum Stream {
    /// HTTP/1.1 as it is.
    Plain(Bounded),
    /// HTTP/1.1 through TLS.
    Tls(Box<TlsStream<Bounded>>),
    /// HTTP/2 through TLS.
    Http2(Box<TlsStream<Bounded>>),
}

/// Waits for the handshake, where there is one to wait for; none where the connection is over.
pub async fn greet(
    mut stream: TcpStream,
    tls: Option<&TlsAcceptor>,
    within: Duration,
) -> Option<Stream> {
    let Some(tls) = tls else {
        return Some(Stream::Plain(bounded(stream)));
    };
    let greeting = async {
        let mut first = [0];
        let is_tls = stream.peek(&mut first).await? == 1 && first[0] == TLS_HANDSHAKE;
        if !is_tls {
            let _ = tokio::time::timeout(MAX_LINGER, refuse(&mut stream)).await;
            return Ok(None);
        }
        tls.accept(bounded(stream)).await.map(Some)
    };
    let greeted = tokio::time::timeout(within, greeting).await;
    let stream = Box::new(greeted.ok()?.ok()??);
    match stream.get_ref().1.alpn_protocol() {
        Some(b"h2") => Some(Stream::Http2(stream)),
        _ => Some(Stream::Tls(stream)),
    }
}

fn bounded(stream: TcpStream) -> Bounded {
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(WRITE_TIMEOUT));
    Box::pin(stream)
}

/// To close a socket with unread bytes resets it, and nobody might read the answer.
async fn refuse(stream: &mut TcpStream) -> std::io::Result<()> {
    stream.write_all(USE_HTTPS).await?;
    stream.shutdown().await?;
    let mut rest = stream.take(MAX_LINGER_BYTES);
    let mut bytes = [0; 1024];
    while rest.read(&mut bytes).await? > 0 {}
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::USE_HTTPS;

    #[test]
    fn the_refusal_tells_its_own_length() {
        let text = std::str::from_utf8(USE_HTTPS).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(
            head.contains(&format!("content-length: {}\r", body.len())),
            "{}",
            body.len()
        );
    }
}
