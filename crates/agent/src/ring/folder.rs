//! Saves the ring across restarts: blocks in one file, readings that are not in a block yet in another.
//!
//! A separate thread writes, so that a hanging disk does not block the agent. If a write is lost, everything is
//! rewritten later. A file truncated by a crash is read up to that point.

use crate::files::{append_private, create_private_folder, write_private};
use crc32c::crc32c;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

const BLOCKS: &str = "history.blocks";
const RECENT: &str = "history.recent";
/// Locked by the running agent that writes here.
const LOCK: &str = "history.lock";
/// A file is read up to this size. It is rewritten long before that.
const MAX_FILE_BYTES: u64 = 4 << 20;
/// From this size on, the file of blocks is rewritten with the blocks that are still kept.
const LARGE_BYTES: u64 = 2 << 20;
/// Length of the queue to the writer.
const WAITING: usize = 4;
const STACK_BYTES: usize = 128 << 10;

/// What the writer must write.
pub enum Message {
    /// One more reading.
    Line(String),
    /// One more block, and all readings that are not in a block.
    Block {
        /// The block.
        bytes: Vec<u8>,
        /// The readings.
        lines: Vec<String>,
    },
    /// Everything.
    All {
        /// The blocks.
        blocks: Vec<Vec<u8>>,
        /// The readings.
        lines: Vec<String>,
    },
}

/// A folder with a saved ring.
pub struct RingFolder {
    path: PathBuf,
    messages: SyncSender<Message>,
    state: Arc<State>,
    _lock: File,
}

#[derive(Default)]
struct State {
    /// Whether a write was lost: the next message must be [`Message::All`].
    is_incomplete: AtomicBool,
    blocks_bytes: AtomicU64,
}

/// Two agents in one folder would each mistake the readings and the end of the other for their own.
fn lock(folder: &Path) -> io::Result<File> {
    let file = append_private(&folder.join(LOCK))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => Err(io::Error::new(
            io::ErrorKind::ResourceBusy,
            "another agent stores its readings there",
        )),
        // Some network file systems do not support locks; then nothing is locked.
        Err(fs::TryLockError::Error(_)) => Ok(file),
    }
}

impl RingFolder {
    /// Opens a folder for writing; creates it if needed.
    ///
    /// # Errors
    /// If it cannot be written, or another agent writes there.
    pub fn open(path: &Path) -> io::Result<Self> {
        create_private_folder(path)?;
        let lock = lock(path)?;
        append_private(&path.join(RECENT))?;
        let (messages, written) = sync_channel(WAITING);
        let state = Arc::new(State::default());
        let writer = Writer {
            folder: path.to_owned(),
            state: Arc::clone(&state),
            logged: false,
        };
        std::thread::Builder::new()
            .stack_size(STACK_BYTES)
            .spawn(move || writer.write_all(&written))?;
        Ok(Self {
            path: path.to_owned(),
            messages,
            state,
            _lock: lock,
        })
    }

    /// Loads the blocks and readings, oldest first.
    pub fn load(&mut self) -> (Vec<Vec<u8>>, Vec<String>) {
        let blocks = read_file(&self.path.join(BLOCKS));
        let lines = read_file(&self.path.join(RECENT));
        let kept = &self.state.blocks_bytes;
        kept.store(blocks.len() as u64, Ordering::Relaxed);
        let lines = String::from_utf8_lossy(&lines);
        (frames(&blocks), lines.lines().map(str::to_owned).collect())
    }

    /// Whether the next message must contain everything.
    pub fn needs_rewrite(&self) -> bool {
        self.state.is_incomplete.load(Ordering::Relaxed)
            || self.state.blocks_bytes.load(Ordering::Relaxed) > LARGE_BYTES
    }

    /// Queues a write.
    pub fn queue_write(&mut self, message: Message) {
        if self.messages.try_send(message).is_err() {
            self.state.is_incomplete.store(true, Ordering::Relaxed);
        }
    }
}

/// The content of a file up to the limit; empty if there is no file.
fn read_file(path: &Path) -> Vec<u8> {
    use io::Read as _;
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MAX_FILE_BYTES).read_to_end(&mut bytes));
    if let Err(error) = read
        && error.kind() != io::ErrorKind::NotFound
    {
        eprintln!("muster-agent: cannot read {}: {error}", path.display());
    }
    bytes
}

/// Frames a block: its length and its CRC-32C, four bytes each in little-endian order, then the block.
fn frame(block: &[u8]) -> Vec<u8> {
    let mut frame = (block.len() as u32).to_le_bytes().to_vec();
    frame.extend(crc32c(block).to_le_bytes());
    frame.extend(block);
    frame
}

fn frames(mut bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut blocks = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk::<4>()
        && let Some((sum, rest)) = rest.split_first_chunk::<4>()
        && let Some((block, rest)) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)
    {
        if crc32c(block) == u32::from_le_bytes(*sum) {
            blocks.push(block.to_vec());
        }
        bytes = rest;
    }
    blocks
}

struct Writer {
    folder: PathBuf,
    state: Arc<State>,
    logged: bool,
}

impl Writer {
    /// Writes until the sender is dropped.
    fn write_all(mut self, messages: &Receiver<Message>) {
        for message in messages {
            let whole = matches!(message, Message::All { .. });
            match self.write(message) {
                Ok(()) if whole => self.state.is_incomplete.store(false, Ordering::Relaxed),
                Ok(()) => {}
                Err(error) => self.log_once(&error),
            }
        }
    }

    fn write(&self, message: Message) -> io::Result<()> {
        let blocks_path = self.folder.join(BLOCKS);
        match message {
            Message::Line(line) => {
                append_private(&self.folder.join(RECENT))?.write_all(&joined(&[line]))
            }
            Message::Block { bytes, lines } => {
                let frame = frame(&bytes);
                append_private(&blocks_path)?.write_all(&frame)?;
                let count = &self.state.blocks_bytes;
                count.fetch_add(frame.len() as u64, Ordering::Relaxed);
                write_private(&self.folder.join(RECENT), &joined(&lines))
            }
            Message::All { blocks, lines } => {
                let frames: Vec<u8> = blocks.iter().flat_map(|block| frame(block)).collect();
                write_private(&blocks_path, &frames)?;
                let count = &self.state.blocks_bytes;
                count.store(frames.len() as u64, Ordering::Relaxed);
                write_private(&self.folder.join(RECENT), &joined(&lines))
            }
        }
    }

    fn log_once(&mut self, error: &io::Error) {
        self.state.is_incomplete.store(true, Ordering::Relaxed);
        if !std::mem::replace(&mut self.logged, true) {
            let folder = self.folder.display();
            eprintln!(
                "muster-agent: cannot write to {folder}: {error}; readings stay in memory meanwhile"
            );
        }
    }
}

fn joined(lines: &[String]) -> Vec<u8> {
    lines
        .iter()
        .flat_map(|line| [line.as_bytes(), b"\n"].concat())
        .collect()
}
