//! A request and its answer over a kept connection, which costs nothing but its socket in between.
//!
//! A client of hyper's has a task and two buffers for each connection, some 20 kB, whether or not anything is
//! under way: of ten thousand agents hardly fifty are being asked at any moment. So the answer is read here, by
//! whoever asked, into a buffer that goes when it is read.

use super::framing::{Extent, Head, head};
use super::{FetchError, MAX_ANSWER};
use http::StatusCode;
use std::io;
use std::pin::Pin;
use std::task::{Context, Waker};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};

/// Bytes of a head, and of what may follow the last chunk, at most.
const MAX_HEAD: usize = 16 * 1024;
/// Bytes of a line between chunks, at most.
const MAX_LINE: usize = 1024;
/// Bytes that come for one answer, at most: its chunks may be short, but not without end.
const MAX_BYTES: usize = 2 * MAX_ANSWER + MAX_HEAD;
/// What most answers fit into, so that one read is enough.
const USUAL_ANSWER: usize = 8 * 1024;

/// What can be written to and read from.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// What came.
#[derive(Debug)]
pub struct Answer {
    /// The body of a 200.
    pub body: Vec<u8>,
    /// Whether the connection is good for another request.
    pub keeps: bool,
}

/// Asks, and reads the answer.
///
/// # Errors
/// Why there is none; the connection is not good for another request then.
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
    // What comes unasked for would be taken for the next answer.
    let keeps = head.keeps && reader.rest().is_empty();
    Ok(Answer { body, keeps })
}

/// Whether a connection waits for the next request: nothing came unasked for, and nobody closed it. Whoever looks
/// lets TLS give back the memory that the answer took, which it does where it reads and nothing is there.
pub fn is_idle(stream: &mut dyn Stream) -> bool {
    let mut byte = [0];
    let mut context = Context::from_waker(Waker::noop());
    let reading = Pin::new(stream).poll_read(&mut context, &mut ReadBuf::new(&mut byte));
    reading.is_pending()
}

/// The bytes of an answer as they come.
struct Reader<'a> {
    stream: &'a mut dyn Stream,
    buffer: Vec<u8>,
    /// So many of them were taken.
    read: usize,
    /// So many came in all.
    came: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &[u8] {
        &self.buffer[self.read..]
    }

    /// Waits for more; that nothing more comes is an error.
    async fn more(&mut self) -> Result<(), FetchError> {
        match self.stream.read_buf(&mut self.buffer).await {
            Ok(0) => Err(ended()),
            Ok(count) => {
                self.came += count;
                match self.came > MAX_BYTES {
                    true => Err(FetchError::TooLarge),
                    false => Ok(()),
                }
            }
            Err(error) => Err(broken(error)),
        }
    }

    async fn head(&mut self) -> Result<Head, FetchError> {
        loop {
            match head(self.rest())? {
                Some(head) => {
                    self.read += head.bytes;
                    // What is said before the answer is none.
                    if !head.status.is_informational() {
                        return Ok(head);
                    }
                }
                None if self.buffer.len() > MAX_HEAD => {
                    return Err(FetchError::Broken("its head is too long".into()));
                }
                None => self.more().await?,
            }
        }
    }

    async fn body(&mut self, extent: Extent) -> Result<Vec<u8>, FetchError> {
        let mut body = Vec::new();
        match extent {
            Extent::Known(length) if length == self.rest().len() as u64 => return Ok(self.all()),
            Extent::Known(length) => self.take(length, &mut body).await?,
            Extent::Chunked => self.chunks(&mut body).await?,
            Extent::Closed => self.take_all(&mut body).await?,
        }
        Ok(body)
    }

    /// Most bodies come whole with their heads: then the buffer becomes the body.
    fn all(&mut self) -> Vec<u8> {
        let mut all = std::mem::take(&mut self.buffer);
        all.drain(..std::mem::take(&mut self.read));
        all
    }

    /// Moves so many bytes to the body.
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
                return Err(FetchError::Broken("a chunk is longer than it says".into()));
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

    /// What may follow the last chunk, up to an empty line, says nothing to us.
    async fn trailer(&mut self) -> Result<(), FetchError> {
        let mut bytes = 0;
        loop {
            let length = self.line().await?;
            bytes += length;
            if length == 0 {
                return Ok(());
            }
            if bytes > MAX_HEAD {
                return Err(FetchError::Broken("its trailer is too long".into()));
            }
        }
    }

    /// Takes a line; the answer is its length, without its end.
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

    /// Forgets what was taken, so that the buffer stays as small as it was.
    fn renew(&mut self) {
        self.buffer.drain(..self.read);
        self.read = 0;
        self.buffer
            .reserve(USUAL_ANSWER.saturating_sub(self.buffer.len()));
    }
}

fn ended() -> FetchError {
    FetchError::Broken("it ended before the answer was whole".into())
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn broken(error: io::Error) -> FetchError {
    FetchError::Broken(error.to_string())
}

#[cfg(test)]
mod tests;
