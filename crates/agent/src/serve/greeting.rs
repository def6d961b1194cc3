//! Tells TLS from plain HTTP by the first byte of a connection, on one port.

use crate::tls::Protocols;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

/// The first byte of a TLS handshake record. No HTTP request starts with it.
const TLS_HANDSHAKE: u8 = 0x16;

const TLS_ONLY: &[u8] = b"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\n\
    content-length: 65\r\nconnection: close\r\n\r\n\
    {\"detail\":\"This agent only accepts TLS: use an https:// address\"}";

/// A connection, with or without TLS.
pub enum Stream {
    /// Plain HTTP.
    Plain(TcpStream),
    /// TLS.
    Tls(Box<TlsStream<TcpStream>>),
}

/// The result of looking at the first byte.
pub enum Greeted {
    /// Requests are served.
    Welcome(Stream),
    /// Only this text is sent.
    Refused(Stream, &'static [u8]),
}

/// Waits for the first byte, and for the TLS handshake.
pub async fn greet(stream: TcpStream, protocols: &Protocols) -> io::Result<Greeted> {
    let mut first = [0];
    let is_tls = stream.peek(&mut first).await? == 1 && first[0] == TLS_HANDSHAKE;
    match &protocols.tls {
        Some(acceptor) if is_tls => {
            let stream = acceptor.accept(stream).await?;
            Ok(Greeted::Welcome(Stream::Tls(Box::new(stream))))
        }
        _ if protocols.tls_only => Ok(Greeted::Refused(Stream::Plain(stream), TLS_ONLY)),
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
    use super::TLS_ONLY;

    #[test]
    fn the_refusal_has_the_right_content_length() {
        let text = std::str::from_utf8(TLS_ONLY).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(
            head.contains(&format!("content-length: {}", body.len())),
            "{}",
            body.len()
        );
    }
}
