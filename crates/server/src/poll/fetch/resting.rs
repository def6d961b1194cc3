//! A TLS 1.3 connection between two polls: its socket, two keys and two counts.
//!
//! What rustls keeps of a connection is some 9 kB, most of it buffers and what the handshake needed, and of ten
//! thousand connections hardly fifty are used at any moment. Once the first answer is read, a connection needs no
//! more than its traffic secrets. Handshakes, encryption, nonces and padding stay rustls's; what is here is the
//! framing of records (RFC 8446, 5.1 and 5.2) and what they may carry after a handshake. An agent that changes its
//! keys (4.6.3), or used them up (5.5), is connected to anew.

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

/// Bytes of the head of a record: its type, a version of old, its length.
const HEAD: usize = 5;
/// Bytes in a record, at most.
const MAX_PLAIN: usize = 1 << 14;
/// Bytes of an encrypted record, at most.
const MAX_RECORD: usize = MAX_PLAIN + 256;
/// What most answers fit into, so that one read is enough.
const AT_ONCE: usize = 8 * 1024;
/// Records in a row that carry nothing to be read, at most: rustls takes as many.
const MAX_EMPTY: u32 = 32;

/// What a connection is until it is used again.
pub struct Resting {
    socket: TcpStream,
    suite: &'static Tls13CipherSuite,
    sending: Secrets,
    receiving: Secrets,
}

/// Those of one direction.
struct Secrets {
    key: AeadKey,
    iv: Iv,
    /// Records so far, which is the number of the next one.
    records: u64,
}

impl Resting {
    /// Whether such a connection can rest: one of TLS 1.3, with keys that can be had in their one length.
    pub fn can(connection: &ClientConnection) -> bool {
        suite(connection).is_some_and(|suite| suite.aead_alg.key_len() == size_of::<[u8; 32]>())
    }

    /// Puts a connection to rest that has read all that came; `None` where its secrets cannot be had.
    pub fn of(stream: TlsStream<TcpStream>) -> Option<Self> {
        let (socket, connection) = stream.into_inner();
        let suite = suite(&connection)?;
        let secrets = connection.dangerous_extract_secrets().ok()?;
        if secrets.tx.0 == 0 {
            // The agent was asked something with the keys before: these are others, of which it is not told yet.
            return None;
        }
        Some(Self {
            socket,
            suite,
            sending: Secrets::of(secrets.tx)?,
            receiving: Secrets::of(secrets.rx)?,
        })
    }

    /// One that can be used.
    pub fn wake(&mut self) -> Awake<'_> {
        let aead = self.suite.aead_alg;
        let (key, iv) = self.sending.copy();
        let encrypter = aead.encrypter(key, iv);
        let (key, iv) = self.receiving.copy();
        Awake {
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
    fn of((records, secrets): (u64, ConnectionTrafficSecrets)) -> Option<Self> {
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

    /// The number of the next record, of so many that these keys are good for.
    fn next(&mut self, most: u64) -> io::Result<u64> {
        let number = self.records;
        if number >= most {
            return Err(io::Error::other(
                "its keys were used as often as they may be",
            ));
        }
        self.records += 1;
        Ok(number)
    }
}

/// A connection that is being used.
pub struct Awake<'a> {
    resting: &'a mut Resting,
    encrypter: Box<dyn MessageEncrypter>,
    decrypter: Box<dyn MessageDecrypter>,
    /// Records as they came, the last one perhaps in part.
    incoming: Vec<u8>,
    /// So many bytes of them were opened.
    opened: usize,
    /// So many records in a row carried nothing.
    empty: u32,
    /// What they carried, as far as nobody read it yet.
    plain: Vec<u8>,
    /// The record that is being sent.
    outgoing: Vec<u8>,
    /// The agent said that nothing more comes.
    closed: bool,
}

impl Awake<'_> {
    /// Whether all that came was read, so that nothing is lost when it rests.
    pub fn is_spent(&mut self) -> bool {
        self.open_up_to(1).is_ok()
            && self.opened == self.incoming.len()
            && self.plain.is_empty()
            && !self.closed
    }

    /// Whether nothing came since the last answer that would be taken for the next one, or ends the connection.
    pub fn is_quiet(&mut self) -> bool {
        let mut context = Context::from_waker(Waker::noop());
        match self.poll_more(&mut context) {
            Poll::Pending => true,
            Poll::Ready(more) => more.is_ok() && self.is_spent(),
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

    /// Opens what came, until so many bytes can be read.
    fn open_up_to(&mut self, bytes: usize) -> io::Result<()> {
        while !self.closed && self.plain.len() < bytes && self.open()? {}
        Ok(())
    }

    /// Opens the next record, if it came whole.
    fn open(&mut self) -> io::Result<bool> {
        let rest = self.incoming.get_mut(self.opened..).unwrap_or_default();
        let Some(&[kind, _, _, high, low]) = rest.first_chunk::<HEAD>() else {
            return Ok(false);
        };
        let length = usize::from(u16::from_be_bytes([high, low]));
        if ContentType::from(kind) != ContentType::ApplicationData || length > MAX_RECORD {
            return Err(invalid("it is no record of TLS 1.3"));
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
            return Err(invalid("it sends records without end that carry nothing"));
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
            // A connection that ends without a word of it was perhaps cut by somebody else.
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

/// Adds what a record carried to what is to be read; the answer is whether it was the last one.
fn carried(kind: ContentType, payload: &[u8], plain: &mut Vec<u8>) -> io::Result<bool> {
    /// The description of an alert that says that nothing more comes.
    const CLOSE_NOTIFY: u8 = 0;
    match (kind, payload) {
        (ContentType::ApplicationData, payload) => plain.extend_from_slice(payload),
        (ContentType::Alert, [_, CLOSE_NOTIFY]) => return Ok(true),
        (ContentType::Alert, _) => return Err(invalid("it ended with an alert of TLS")),
        // For other connections: those that are pinned are not resumed, and for the rest it is none too few.
        (ContentType::Handshake, [first, ..])
            if HandshakeType::from(*first) == HandshakeType::NewSessionTicket => {}
        _ => return Err(invalid("its keys are to be changed")),
    }
    Ok(false)
}

fn invalid(problem: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, problem)
}

impl AsyncRead for Awake<'_> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        // As much as came: whoever reads looks at all that it has whenever there is more.
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

impl AsyncWrite for Awake<'_> {
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
