//! One HTTP/1.1 request and its answer over a kept connection.
//!
//! hyper's client has a task and two buffers per connection, some 20 kB, even when idle, while of ten thousand agents
//! hardly fifty are polled at any moment. So the answer is read here, into a buffer that exists only during the
//! request.

use super::framing::{BodyLength, Head, parse_head};
use super::{FetchError, MAX_ANSWER};
use http::StatusCode;
use std::io;
use std::pin::Pin;
use std::task::{Context, Waker};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};

/// Size limit of a head, and of the trailers after the last chunk, in bytes.
const MAX_HEAD: usize = 16 * 1024;
/// Size limit of a line between chunks, in bytes.
const MAX_LINE: usize = 1024;
/// Limit of all bytes received for one answer: chunks may be tiny, but not endless.
const MAX_BYTES: usize = 2 * MAX_ANSWER + MAX_HEAD;
/// Most answers fit into this, so that one read is enough.
const USUAL_ANSWER: usize = 8 * 1024;

/// A byte stream in both directions.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// An answer with status 200.
#[derive(Debug)]
pub struct Answer {
    /// The body.
    pub body: Vec<u8>,
    /// Whether the connection can be used for another request.
    pub keep_alive: bool,
}

/// Sends a request and reads the answer.
///
/// # Errors
/// Why there is no answer. The connection cannot be used again.
pub async fn exchange(stream: &mut dyn Stream, request: &[u8]) -> Result<Answer, FetchError> {
    stream.write_all(request).await.map_err(broken)?;
    stream.flush().await.map_err(broken)?;
    let mut reader = Reader {
        stream,
        buffer: Vec::with_capacity(USUAL_ANSWER),
        read: 0,
        came: 0,
    };
    let head = reader.head().await?;
    if head.status != StatusCode::OK {
        return Err(FetchError::Status(head.status));
    }
    let body = reader.body(head.body).await?;
    // Unexpected bytes would be taken for the next answer.
    let keep_alive = head.keep_alive && reader.rest().is_empty();
    Ok(Answer { body, keep_alive })
}

/// Whether a connection is open and no unexpected bytes arrived. The read also makes rustls release the memory that
/// the last answer took.
pub fn is_idle(stream: &mut dyn Stream) -> bool {
    let mut byte = [0];
    let mut context = Context::from_waker(Waker::noop());
    let reading = Pin::new(stream).poll_read(&mut context, &mut ReadBuf::new(&mut byte));
    reading.is_pending()
}

/// Reads an answer from the stream.
struct Reader<'a> {
    stream: &'a mut dyn Stream,
    buffer: Vec<u8>,
    /// Bytes of the buffer that were consumed.
    read: usize,
    /// All bytes received so far.
    came: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &[u8] {
        &self.buffer[self.read..]
    }

    /// Reads more bytes; the end of the stream is an error.
    async fn more(&mut self) -> Result<(), FetchError> {
        match self.stream.read_buf(&mut self.buffer).await {
            Ok(0) => Err(ended()),
            Ok(count) => {
                self.came += count;
                if self.came > MAX_BYTES {
                    Err(FetchError::TooLarge)
                } else {
                    Ok(())
                }
            }
            Err(error) => Err(broken(error)),
        }
    }

    async fn head(&mut self) -> Result<Head, FetchError> {
        loop {
            match parse_head(self.rest())? {
                Some(head) => {
                    self.read += head.bytes;
                    // Skip interim responses (1xx).
                    if !head.status.is_informational() {
                        return Ok(head);
                    }
                }
                None if self.buffer.len() > MAX_HEAD => {
                    return Err(FetchError::Broken("the response head is too long".into()));
                }
                None => self.more().await?,
            }
        }
    }

    async fn body(&mut self, extent: BodyLength) -> Result<Vec<u8>, FetchError> {
        let mut body = Vec::new();
        match extent {
            BodyLength::Known(length) if length == self.rest().len() as u64 => {
                return Ok(self.all());
            }
            BodyLength::Known(length) => self.take(length, &mut body).await?,
            BodyLength::Chunked => self.chunks(&mut body).await?,
            BodyLength::Closed => self.take_all(&mut body).await?,
        }
        Ok(body)
    }

    /// Most bodies arrive together with their heads; then the buffer becomes the body without a copy.
    fn all(&mut self) -> Vec<u8> {
        let mut all = std::mem::take(&mut self.buffer);
        all.drain(..std::mem::take(&mut self.read));
        all
    }

    /// Moves `length` bytes to the body.
    async fn take(&mut self, length: u64, body: &mut Vec<u8>) -> Result<(), FetchError> {
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let end = body.len().saturating_add(length);
        if end > MAX_ANSWER {
            return Err(FetchError::TooLarge);
        }
        while body.len() < end {
            if self.rest().is_empty() {
                self.renew();
                self.more().await?;
            }
            let count = self.rest().len().min(end - body.len());
            body.extend_from_slice(&self.buffer[self.read..self.read + count]);
            self.read += count;
        }
        Ok(())
    }

    async fn take_all(&mut self, body: &mut Vec<u8>) -> Result<(), FetchError> {
        loop {
            body.extend_from_slice(self.rest());
            self.renew();
            if body.len() > MAX_ANSWER {
                return Err(FetchError::TooLarge);
            }
            let count = self.stream.read_buf(&mut self.buffer).await;
            if count.map_err(broken)? == 0 {
                return Ok(());
            }
        }
    }

    async fn chunks(&mut self, body: &mut Vec<u8>) -> Result<(), FetchError> {
        loop {
            let length = self.chunk_length().await?;
            if length == 0 {
                return self.trailer().await;
            }
            self.take(length, body).await?;
            if self.line().await? != 0 {
                return Err(FetchError::Broken(
                    "a chunk does not have the length that it states".into(),
                ));
            }
        }
    }

    async fn chunk_length(&mut self) -> Result<u64, FetchError> {
        loop {
            match httparse::parse_chunk_size(self.rest()) {
                Ok(httparse::Status::Complete((count, length))) => {
                    self.read += count;
                    return Ok(length);
                }
                Ok(httparse::Status::Partial) if self.rest().len() <= MAX_LINE => {
                    self.renew();
                    self.more().await?;
                }
                _ => return Err(FetchError::Broken("a chunk has no length".into())),
            }
        }
    }

    /// Skips the trailers after the last chunk.
    async fn trailer(&mut self) -> Result<(), FetchError> {
        let mut bytes = 0;
        loop {
            let length = self.line().await?;
            bytes += length;
            if length == 0 {
                return Ok(());
            }
            if bytes > MAX_HEAD {
                return Err(FetchError::Broken("the trailers are too long".into()));
            }
        }
    }

    /// Consumes a line, and returns its length without the line ending.
    async fn line(&mut self) -> Result<usize, FetchError> {
        loop {
            let rest = self.rest();
            if let Some(end) = rest.iter().position(|&byte| byte == b'\n') {
                let length = rest[..end].trim_ascii_end().len();
                self.read += end + 1;
                return Ok(length);
            }
            if rest.len() > MAX_LINE {
                return Err(FetchError::Broken("a line is too long".into()));
            }
            self.renew();
            self.more().await?;
        }
    }

    /// Drops the bytes that were consumed, so that the buffer stays small.
    fn renew(&mut self) {
        self.buffer.drain(..self.read);
        self.read = 0;
        self.buffer
            .reserve(USUAL_ANSWER.saturating_sub(self.buffer.len()));
    }
}

fn ended() -> FetchError {
    FetchError::Broken("it ended before the answer was complete".into())
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn broken(error: io::Error) -> FetchError {
    FetchError::Broken(error.to_string())
}

#[cfg(test)]
mod tests;
