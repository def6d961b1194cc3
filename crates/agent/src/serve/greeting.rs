//! The first byte of a connection tells TLS from plain HTTP, on one port.

use crate::tls::Speech;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

/// The first byte of TLS: a record of its handshake. No request of HTTP begins with it.
const TLS_HANDSHAKE: u8 = 0x16;

const TLS_ALONE: &[u8] = b"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\n\
    content-length: 60\r\nconnection: close\r\n\r\n\
    {\"detail\":\"This agent answers TLS alone: ask with https://\"}";

/// A connection, in whichever way it speaks.
pub enum Stream {
    /// As it is.
    Plain(TcpStream),
    /// Through TLS.
    Tls(Box<TlsStream<TcpStream>>),
}

/// What a connection's first byte led to.
pub enum Greeted {
    /// Requests are answered.
    Welcome(Stream),
    /// Nothing but this is answered.
    Refused(Stream, &'static [u8]),
}

/// Waits for the first byte, and for the handshake of TLS.
pub async fn greet(stream: TcpStream, speech: &Speech) -> io::Result<Greeted> {
    let mut first = [0];
    let is_tls = stream.peek(&mut first).await? == 1 && first[0] == TLS_HANDSHAKE;
    match &speech.tls {
        Some(acceptor) if is_tls => {
            let stream = acceptor.accept(stream).await?;
            Ok(Greeted::Welcome(Stream::Tls(Box::new(stream))))
        }
        _ if speech.tls_alone => Ok(Greeted::Refused(Stream::Plain(stream), TLS_ALONE)),
        _ => Ok(Greeted::Welcome(Stream::Plain(stream))),
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Self::Tls(stream) => Pin::new(stream).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Self::Tls(stream) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(context),
            Self::Tls(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Self::Tls(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::TLS_ALONE;

    #[test]
    fn the_refusal_tells_its_own_length() {
        let text = std::str::from_utf8(TLS_ALONE).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(
            head.contains(&format!("content-length: {}", body.len())),
            "{}",
            body.len()
        );
    }
}
