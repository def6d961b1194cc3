//! A TLS 1.3 connection between two polls: its socket, two keys and two record counters.
//!
//! rustls keeps some 9 kB per connection, mostly buffers and handshake state, while of ten thousand connections
//! hardly fifty are in use at any moment. After the first answer, a connection needs only its traffic secrets. rustls
//! still does handshakes, encryption, nonces and padding; this file implements the record framing (RFC 8446, 5.1 and
//! 5.2) and checks which records are allowed after a handshake. If an agent updates its keys (4.6.3) or they reach
//! their usage limit (5.5), the server opens a new connection.

use rustls::crypto::cipher::{
    AeadKey, InboundOpaqueMessage, Iv, MessageDecrypter, MessageEncrypter, OutboundPlainMessage,
};
use rustls::{
    ClientConnection, ConnectionTrafficSecrets, ContentType, HandshakeType, ProtocolVersion,
    Tls13CipherSuite,
};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

/// Length of a record header: type, legacy version, length.
const HEAD: usize = 5;
/// Plaintext bytes per record, at most.
const MAX_PLAIN: usize = 1 << 14;
/// Bytes of an encrypted record, at most.
const MAX_RECORD: usize = MAX_PLAIN + 256;
/// Most answers fit into this, so that one read is enough.
const AT_ONCE: usize = 8 * 1024;
/// Consecutive records without content, at most; rustls has the same limit.
const MAX_EMPTY: u32 = 32;

/// A connection at rest.
pub struct RestingConnection {
    socket: TcpStream,
    suite: &'static Tls13CipherSuite,
    sending: Secrets,
    receiving: Secrets,
}

/// The traffic secrets of one direction.
struct Secrets {
    key: AeadKey,
    iv: Iv,
    /// The sequence number of the next record.
    records: u64,
}

impl RestingConnection {
    /// Whether the connection can rest: it uses TLS 1.3 and a cipher with a 32-byte key.
    pub fn is_supported(connection: &ClientConnection) -> bool {
        suite(connection).is_some_and(|suite| suite.aead_alg.key_len() == size_of::<[u8; 32]>())
    }

    /// Puts a fully read connection to rest; `None` if its secrets cannot be extracted.
    pub fn from_stream(stream: TlsStream<TcpStream>) -> Option<Self> {
        let (socket, connection) = stream.into_inner();
        let suite = suite(&connection)?;
        let secrets = connection.dangerous_extract_secrets().ok()?;
        if secrets.tx.0 == 0 {
            // The keys were just updated, and the agent has not been told yet.
            return None;
        }
        Some(Self {
            socket,
            suite,
            sending: Secrets::from_extracted(secrets.tx)?,
            receiving: Secrets::from_extracted(secrets.rx)?,
        })
    }

    /// Makes the connection usable for one poll.
    pub fn wake(&mut self) -> AwakeConnection<'_> {
        let aead = self.suite.aead_alg;
        let (key, iv) = self.sending.copy();
        let encrypter = aead.encrypter(key, iv);
        let (key, iv) = self.receiving.copy();
        AwakeConnection {
            encrypter,
            decrypter: aead.decrypter(key, iv),
            resting: self,
            incoming: Vec::new(),
            opened: 0,
            empty: 0,
            plain: Vec::new(),
            outgoing: Vec::new(),
            closed: false,
        }
    }
}

fn suite(connection: &ClientConnection) -> Option<&'static Tls13CipherSuite> {
    connection.negotiated_cipher_suite()?.tls13()
}

impl Secrets {
    fn from_extracted((records, secrets): (u64, ConnectionTrafficSecrets)) -> Option<Self> {
        match secrets {
            ConnectionTrafficSecrets::Aes256Gcm { key, iv }
            | ConnectionTrafficSecrets::Chacha20Poly1305 { key, iv } => {
                Some(Self { key, iv, records })
            }
            _ => None,
        }
    }

    fn copy(&self) -> (AeadKey, Iv) {
        let mut key = [0; 32];
        key.copy_from_slice(self.key.as_ref());
        (AeadKey::from(key), Iv::copy(self.iv.as_ref()))
    }

    /// The next sequence number; an error once these keys reach their usage limit.
    fn next(&mut self, most: u64) -> io::Result<u64> {
        let number = self.records;
        if number >= most {
            return Err(io::Error::other("the TLS keys reached their usage limit"));
        }
        self.records += 1;
        Ok(number)
    }
}

/// A connection in use.
pub struct AwakeConnection<'a> {
    resting: &'a mut RestingConnection,
    encrypter: Box<dyn MessageEncrypter>,
    decrypter: Box<dyn MessageDecrypter>,
    /// Encrypted records as they arrived; the last one may be incomplete.
    incoming: Vec<u8>,
    /// Bytes of `incoming` that were decrypted.
    opened: usize,
    /// Consecutive records without content.
    empty: u32,
    /// Decrypted bytes that were not read yet.
    plain: Vec<u8>,
    /// The record that is being sent.
    outgoing: Vec<u8>,
    /// Whether the agent sent `close_notify`.
    closed: bool,
}

impl AwakeConnection<'_> {
    /// Whether everything that arrived was read, so that nothing is lost when the connection rests.
    pub fn is_drained(&mut self) -> bool {
        self.open_up_to(1).is_ok()
            && self.opened == self.incoming.len()
            && self.plain.is_empty()
            && !self.closed
    }

    /// Whether the connection is open and no unexpected bytes arrived since the last answer.
    pub fn is_idle(&mut self) -> bool {
        let mut context = Context::from_waker(Waker::noop());
        match self.poll_more(&mut context) {
            Poll::Pending => true,
            Poll::Ready(more) => more.is_ok() && self.is_drained(),
        }
    }

    fn seal(&mut self, part: &[u8]) -> io::Result<Vec<u8>> {
        let most = self.resting.suite.common.confidentiality_limit;
        let number = self.resting.sending.next(most)?;
        let message = OutboundPlainMessage {
            typ: ContentType::ApplicationData,
            version: ProtocolVersion::TLSv1_3,
            payload: part.into(),
        };
        let sealed = self.encrypter.encrypt(message, number);
        Ok(sealed.map_err(io::Error::other)?.encode())
    }

    /// Decrypts records until `bytes` bytes can be read.
    fn open_up_to(&mut self, bytes: usize) -> io::Result<()> {
        while !self.closed && self.plain.len() < bytes && self.open()? {}
        Ok(())
    }

    /// Decrypts the next record; false if it is incomplete.
    fn open(&mut self) -> io::Result<bool> {
        let rest = self.incoming.get_mut(self.opened..).unwrap_or_default();
        let Some(&[kind, _, _, high, low]) = rest.first_chunk::<HEAD>() else {
            return Ok(false);
        };
        let length = usize::from(u16::from_be_bytes([high, low]));
        if ContentType::from(kind) != ContentType::ApplicationData || length > MAX_RECORD {
            return Err(invalid("not a TLS 1.3 record"));
        }
        let Some(record) = rest.get_mut(HEAD..HEAD + length) else {
            return Ok(false);
        };
        let version = ProtocolVersion::TLSv1_2;
        let sealed = InboundOpaqueMessage::new(ContentType::ApplicationData, version, record);
        let number = self.resting.receiving.next(u64::MAX)?;
        let opened = self.decrypter.decrypt(sealed, number);
        let opened = opened.map_err(io::Error::other)?;
        let before = self.plain.len();
        self.closed = carried(opened.typ, opened.payload, &mut self.plain)?;
        self.opened += HEAD + length;
        self.empty = if self.plain.len() > before {
            0
        } else {
            self.empty + 1
        };
        if self.empty > MAX_EMPTY {
            return Err(invalid("too many empty TLS records"));
        }
        Ok(true)
    }

    fn poll_more(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.incoming.drain(..std::mem::take(&mut self.opened));
        let before = self.incoming.len();
        self.incoming.resize(before + AT_ONCE, 0);
        let mut buffer = ReadBuf::new(&mut self.incoming[before..]);
        let read = Pin::new(&mut self.resting.socket).poll_read(context, &mut buffer);
        let count = buffer.filled().len();
        self.incoming.truncate(before + count);
        ready!(read)?;
        Poll::Ready(match count {
            // Without `close_notify`, the connection may have been cut by an attacker.
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        })
    }

    fn poll_sent(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.outgoing.is_empty() {
            let socket = Pin::new(&mut self.resting.socket);
            let count = ready!(socket.poll_write(context, &self.outgoing))?;
            if count == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.outgoing.drain(..count);
        }
        Poll::Ready(Ok(()))
    }
}

/// Appends the content of a record to `plain`; true if it was `close_notify`.
fn carried(kind: ContentType, payload: &[u8], plain: &mut Vec<u8>) -> io::Result<bool> {
    /// The code of the alert that ends a connection.
    const CLOSE_NOTIFY: u8 = 0;
    match (kind, payload) {
        (ContentType::ApplicationData, payload) => plain.extend_from_slice(payload),
        (ContentType::Alert, [_, CLOSE_NOTIFY]) => return Ok(true),
        (ContentType::Alert, _) => return Err(invalid("it ended with a TLS alert")),
        // Session tickets are ignored: pinned connections are not resumed, and the others have enough tickets.
        (ContentType::Handshake, [first, ..])
            if HandshakeType::from(*first) == HandshakeType::NewSessionTicket => {}
        _ => return Err(invalid("the agent requested a TLS key update")),
    }
    Ok(false)
}

fn invalid(problem: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, problem)
}

impl AsyncRead for AwakeConnection<'_> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        // Decrypt everything that arrived, as the caller parses from the start with each read.
        let wanted = buffer.remaining().max(AT_ONCE);
        this.open_up_to(wanted)?;
        while this.plain.is_empty() && !this.closed {
            ready!(this.poll_more(context))?;
            this.open_up_to(wanted)?;
        }
        let count = this.plain.len().min(buffer.remaining());
        buffer.put_slice(&this.plain[..count]);
        this.plain.drain(..count);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for AwakeConnection<'_> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        ready!(this.poll_sent(context))?;
        let part = &bytes[..bytes.len().min(MAX_PLAIN)];
        this.outgoing = this.seal(part)?;
        Poll::Ready(Ok(part.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().poll_sent(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().resting.socket).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests;
