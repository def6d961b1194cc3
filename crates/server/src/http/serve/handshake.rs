//! The start of a connection: plain, or with a TLS handshake, which also negotiates the version of HTTP.

use super::WRITE_TIMEOUT;
use crate::http::error::ErrorBody;
use crate::http::problem::Problem;
use std::pin::Pin;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_io_timeout::TimeoutStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// The first byte of a TLS handshake. No HTTP request begins with it.
const TLS_HANDSHAKE: u8 = 0x16;
/// Limits of what is still read after a refusal, so that the client receives it.
const MAX_LINGER_BYTES: u64 = 64 * 1024;
const MAX_LINGER: Duration = Duration::from_secs(1);

/// A connection with a write timeout.
type Bounded = Pin<Box<TimeoutStream<TcpStream>>>;

/// A connection that is ready for requests.
pub enum Connection {
    Http1(Bounded),
    Http1OverTls(Box<TlsStream<Bounded>>),
    Http2OverTls(Box<TlsStream<Bounded>>),
}

/// Completes the TLS handshake, if TLS is used. `None` if the connection has ended.
pub async fn negotiate_protocol(
    mut stream: TcpStream,
    tls: Option<&TlsAcceptor>,
    handshake_timeout: Duration,
) -> Option<Connection> {
    let Some(tls) = tls else {
        return Some(Connection::Http1(bounded(stream)));
    };
    let handshake = async {
        let mut first = [0];
        let is_tls = stream.peek(&mut first).await? == 1 && first[0] == TLS_HANDSHAKE;
        if !is_tls {
            let _ = tokio::time::timeout(MAX_LINGER, refuse_plain_http(&mut stream)).await;
            return Ok(None);
        }
        tls.accept(bounded(stream)).await.map(Some)
    };
    let done = tokio::time::timeout(handshake_timeout, handshake).await;
    let stream = Box::new(done.ok()?.ok()??);
    match stream.get_ref().1.alpn_protocol() {
        Some(b"h2") => Some(Connection::Http2OverTls(stream)),
        _ => Some(Connection::Http1OverTls(stream)),
    }
}

fn bounded(stream: TcpStream) -> Bounded {
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(WRITE_TIMEOUT));
    Box::pin(stream)
}

/// Closing a socket with unread bytes resets the connection, so the client might not receive the answer.
async fn refuse_plain_http(stream: &mut TcpStream) -> std::io::Result<()> {
    let body = serde_json::to_string(&ErrorBody::from(&Problem::TlsRequired))?;
    let answer = format!(
        "HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await?;
    let mut rest = stream.take(MAX_LINGER_BYTES);
    let mut bytes = [0; 1024];
    while rest.read(&mut bytes).await? > 0 {}
    Ok(())
}
