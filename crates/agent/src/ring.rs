//! Readings that the agent recorded by itself, one per interval, for a server that could not poll meanwhile.
//!
//! The newest are stored as text; older ones are packed into blocks, at about two bytes per number. Both are
//! bounded in bytes and age, and the oldest are dropped first.

mod block;
mod column;
mod flat;
mod folder;
mod page;
mod position;
mod varint;

pub use block::Reading;
#[cfg(fuzzing)]
pub use block::{pack, unpack};
pub use folder::RingFolder;

#[cfg(not(fuzzing))]
use block::{pack, unpack};
use flat::flatten;
use folder::Message;
use muster_wire::{Cursor, History};
use page::Page;
use position::{AfterCursor, Position};
use serde_json::Value;
use std::collections::VecDeque;
use std::time::Duration;

/// Readings per block.
const BLOCK: usize = 32;
/// At least this many of the newest readings stay unpacked, with their processes.
const RECENT: usize = 32;

/// Limits of a ring.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Maximum age.
    pub age: Duration,
    /// Maximum bytes of blocks and readings.
    pub bytes: usize,
}

impl Limits {
    /// This age, and 900 KiB, which hold well over a day of 80 numbers every 30 seconds.
    #[must_use]
    pub fn new(age: Duration) -> Self {
        Self {
            age,
            bytes: 900 << 10,
        }
    }
}

/// The readings, oldest first.
pub struct Ring {
    limits: Limits,
    blocks: VecDeque<Block>,
    recent: VecDeque<Recent>,
    bytes: usize,
    folder: Option<RingFolder>,
}

/// Packed readings of one run.
struct Block {
    last: Position,
    count: usize,
    bytes: Vec<u8>,
}

/// One reading as text.
struct Recent {
    position: Position,
    text: String,
}

impl Ring {
    /// A ring in memory only.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            blocks: VecDeque::new(),
            recent: VecDeque::new(),
            bytes: 0,
            folder: None,
        }
    }

    /// A ring that starts with the content of a folder, and is saved there.
    #[must_use]
    pub fn restore(limits: Limits, mut folder: RingFolder) -> Self {
        let (blocks, lines) = folder.load();
        let mut ring = Self::new(limits);
        for bytes in blocks {
            ring.add_block(bytes);
        }
        for line in lines {
            ring.add_recent(line);
        }
        ring.folder = Some(folder);
        ring.settle();
        ring
    }

    /// Adds a reading.
    pub fn push(&mut self, reading: &Reading) {
        let Ok(text) = serde_json::to_string(reading) else {
            return;
        };
        if !self.add_recent(text.clone()) {
            return;
        }
        self.save(|_| Message::Line(text));
        self.settle();
    }

    /// The number of readings.
    #[must_use]
    pub fn len(&self) -> usize {
        self.recent.len() + self.blocks.iter().map(|block| block.count).sum::<usize>()
    }

    /// Whether there are no readings.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The readings after a cursor, as many as fit into one answer; all if the cursor is not in this ring.
    #[must_use]
    pub fn readings_after(&self, cursor: Option<&Cursor>) -> History<Value> {
        let mut page = Page::default();
        let mut after_cursor = AfterCursor::new(cursor, self.positions());
        for block in &self.blocks {
            if page.full || !after_cursor.may_reach(&block.last) {
                continue;
            }
            let readings = unpack(&block.bytes).unwrap_or_default();
            for reading in readings {
                if let Some(position) = Position::from_reading(&reading)
                    && after_cursor.includes(&position)
                {
                    page.push(position, Value::Object(reading));
                }
            }
        }
        for recent in &self.recent {
            if after_cursor.includes(&recent.position)
                && let Ok(reading) = serde_json::from_str(&recent.text)
            {
                page.push(recent.position.clone(), reading);
            }
        }
        page.into_history()
    }

    /// The last position of each block, and the position of each unpacked reading.
    fn positions(&self) -> impl Iterator<Item = &Position> {
        let blocks = self.blocks.iter().map(|block| &block.last);
        blocks.chain(self.recent.iter().map(|recent| &recent.position))
    }

    /// Adds a packed block, unless its bytes are invalid.
    fn add_block(&mut self, bytes: Vec<u8>) {
        let readings = unpack(&bytes).unwrap_or_default();
        if let Some(last) = readings.last().and_then(Position::from_reading) {
            self.bytes += bytes.len();
            self.blocks.push_back(Block {
                last,
                count: readings.len(),
                bytes,
            });
        }
    }

    /// Adds a reading, unless it is invalid or known; returns whether it was added.
    fn add_recent(&mut self, text: String) -> bool {
        let reading: Option<Reading> = serde_json::from_str(&text).ok();
        let Some(position) = reading.as_ref().and_then(Position::from_reading) else {
            return false;
        };
        let is_there =
            |known: &Position| known.run == position.run && known.sequence >= position.sequence;
        if self.positions().any(is_there) {
            return false;
        }
        self.bytes += text.len();
        self.recent.push_back(Recent { position, text });
        true
    }

    /// Packs full blocks, and drops what exceeds the limits.
    fn settle(&mut self) {
        while self.recent.len() >= RECENT + BLOCK {
            self.pack_oldest();
        }
        let newest_ms = self.recent.back().map(|recent| recent.position.time_ms);
        while let Some(oldest) = self.blocks.front()
            && (self.bytes > self.limits.bytes || self.is_too_old(&oldest.last, newest_ms))
        {
            self.bytes -= oldest.bytes.len();
            self.blocks.pop_front();
        }
        // Only reached if the readings are so large that even the newest exceed the limit.
        while self.bytes > self.limits.bytes
            && let Some(oldest) = self.recent.pop_front()
        {
            self.bytes -= oldest.text.len();
        }
    }

    fn is_too_old(&self, position: &Position, newest_ms: Option<i64>) -> bool {
        let age_ms = newest_ms.map_or(0, |newest_ms| newest_ms.saturating_sub(position.time_ms));
        age_ms > i64::try_from(self.limits.age.as_millis()).unwrap_or(i64::MAX)
    }

    /// Packs the oldest readings with equal texts (run, boot) into a block.
    fn pack_oldest(&mut self) {
        let mut readings: Vec<Reading> = Vec::with_capacity(BLOCK);
        let mut texts = None;
        for recent in self.recent.iter().take(BLOCK) {
            let Ok(reading) = serde_json::from_str(&recent.text) else {
                continue;
            };
            let own_texts = flatten(&reading).texts;
            if *texts.get_or_insert_with(|| own_texts.clone()) != own_texts {
                break;
            }
            readings.push(reading);
        }
        let taken = self.recent.drain(..readings.len().max(1));
        self.bytes -= taken.map(|recent| recent.text.len()).sum::<usize>();
        let bytes = pack(&readings);
        self.add_block(bytes.clone());
        self.save(|ring| Message::Block {
            bytes,
            lines: ring.lines(),
        });
    }

    fn lines(&self) -> Vec<String> {
        self.recent
            .iter()
            .map(|recent| recent.text.clone())
            .collect()
    }

    /// Passes the change to the folder, or everything if the folder missed something or grew too large.
    fn save(&mut self, change: impl FnOnce(&Self) -> Message) {
        let Some(mut folder) = self.folder.take() else {
            return;
        };
        let message = if folder.needs_rewrite() {
            Message::All {
                blocks: self
                    .blocks
                    .iter()
                    .map(|block| block.bytes.clone())
                    .collect(),
                lines: self.lines(),
            }
        } else {
            change(self)
        };
        folder.queue_write(message);
        self.folder = Some(folder);
    }
}

#[cfg(test)]
mod tests;
