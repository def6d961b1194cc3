//! The agent's own readings, one an interval, for a server that could not ask meanwhile.
//!
//! The newest lie here as they were read; what is older is packed into blocks, about two bytes a number.
//! Both are bounded, in bytes and in time, and the oldest goes first.

mod block;
mod column;
mod flat;
mod folder;
mod page;
mod place;
mod varint;

pub use block::Reading;
#[cfg(fuzzing)]
pub use block::{pack, unpack};
pub use folder::Folder;

#[cfg(not(fuzzing))]
use block::{pack, unpack};
use flat::flatten;
use folder::Message;
use muster_wire::{Cursor, History};
use page::Page;
use place::{Behind, Place, place_of};
use serde_json::Value;
use std::collections::VecDeque;
use std::time::Duration;

/// Readings of a block.
const BLOCK: usize = 32;
/// So many readings at least lie unpacked, with their processes.
const RECENT: usize = 32;

/// How much is kept.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How far back.
    pub age: Duration,
    /// Bytes of blocks and readings.
    pub bytes: usize,
}

impl Limits {
    /// So far back, and no more than 900 KiB, which are well over a day of 80 numbers each half minute.
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
    folder: Option<Folder>,
}

/// Packed readings of one run.
struct Block {
    last: Place,
    count: usize,
    bytes: Vec<u8>,
}

/// One reading, as text.
struct Recent {
    place: Place,
    text: String,
}

impl Ring {
    /// A ring in memory alone.
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

    /// A ring that begins with what the folder holds, and is kept there too.
    #[must_use]
    pub fn within(limits: Limits, mut folder: Folder) -> Self {
        let (blocks, lines) = folder.read();
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

    /// Keeps a reading.
    pub fn push(&mut self, reading: &Reading) {
        let Ok(text) = serde_json::to_string(reading) else {
            return;
        };
        if !self.add_recent(text.clone()) {
            return;
        }
        self.tell(|_| Message::Line(text));
        self.settle();
    }

    /// How many readings there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.recent.len() + self.blocks.iter().map(|block| block.count).sum::<usize>()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The readings behind a place, or all where it is none of this ring, as many as one answer may carry.
    #[must_use]
    pub fn since(&self, cursor: Option<&Cursor>) -> History<Value> {
        let mut page = Page::default();
        let mut behind = Behind::new(cursor, self.places());
        for block in &self.blocks {
            if page.full || !behind.begins_in(&block.last) {
                continue;
            }
            let readings = unpack(&block.bytes).unwrap_or_default();
            for reading in readings {
                if let Some(place) = place_of(&reading)
                    && behind.is(&place)
                {
                    page.add(place, Value::Object(reading));
                }
            }
        }
        for recent in &self.recent {
            if behind.is(&recent.place)
                && let Ok(reading) = serde_json::from_str(&recent.text)
            {
                page.add(recent.place.clone(), reading);
            }
        }
        page.history()
    }

    /// The last place of each block, and of each reading that is in none.
    fn places(&self) -> impl Iterator<Item = &Place> {
        let blocks = self.blocks.iter().map(|block| &block.last);
        blocks.chain(self.recent.iter().map(|recent| &recent.place))
    }

    /// Takes a packed block in, unless its bytes are none.
    fn add_block(&mut self, bytes: Vec<u8>) {
        let readings = unpack(&bytes).unwrap_or_default();
        if let Some(last) = readings.last().and_then(place_of) {
            self.bytes += bytes.len();
            self.blocks.push_back(Block {
                last,
                count: readings.len(),
                bytes,
            });
        }
    }

    /// Takes a reading in, unless it is none or is there already; says whether it did.
    fn add_recent(&mut self, text: String) -> bool {
        let reading: Option<Reading> = serde_json::from_str(&text).ok();
        let Some(place) = reading.as_ref().and_then(place_of) else {
            return false;
        };
        let is_there = |known: &Place| known.run == place.run && known.sequence >= place.sequence;
        if self.places().any(is_there) {
            return false;
        }
        self.bytes += text.len();
        self.recent.push_back(Recent { place, text });
        true
    }

    /// Packs what is enough for a block, and lets go of what is too much.
    fn settle(&mut self) {
        while self.recent.len() >= RECENT + BLOCK {
            self.pack_oldest();
        }
        let newest_ms = self.recent.back().map(|recent| recent.place.time_ms);
        while let Some(oldest) = self.blocks.front()
            && (self.bytes > self.limits.bytes || self.is_too_old(&oldest.last, newest_ms))
        {
            self.bytes -= oldest.bytes.len();
            self.blocks.pop_front();
        }
        // Readings so large that not even the newest fit.
        while self.bytes > self.limits.bytes
            && let Some(oldest) = self.recent.pop_front()
        {
            self.bytes -= oldest.text.len();
        }
    }

    fn is_too_old(&self, place: &Place, newest_ms: Option<i64>) -> bool {
        let age_ms = newest_ms.map_or(0, |newest_ms| newest_ms.saturating_sub(place.time_ms));
        age_ms > i64::try_from(self.limits.age.as_millis()).unwrap_or(i64::MAX)
    }

    /// The oldest readings that agree in their texts (whose run, which boot) become a block.
    fn pack_oldest(&mut self) {
        let mut readings: Vec<Reading> = Vec::with_capacity(BLOCK);
        let mut texts = None;
        for recent in self.recent.iter().take(BLOCK) {
            let Ok(reading) = serde_json::from_str(&recent.text) else {
                continue;
            };
            let of_this = flatten(&reading).texts;
            if *texts.get_or_insert_with(|| of_this.clone()) != of_this {
                break;
            }
            readings.push(reading);
        }
        let taken = self.recent.drain(..readings.len().max(1));
        self.bytes -= taken.map(|recent| recent.text.len()).sum::<usize>();
        let bytes = pack(&readings);
        self.add_block(bytes.clone());
        self.tell(|ring| Message::Block {
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

    /// Tells the folder what became new, or all, where it missed something or holds too much.
    fn tell(&mut self, news: impl FnOnce(&Self) -> Message) {
        let Some(mut folder) = self.folder.take() else {
            return;
        };
        let message = if folder.wants_all() {
            Message::All {
                blocks: self
                    .blocks
                    .iter()
                    .map(|block| block.bytes.clone())
                    .collect(),
                lines: self.lines(),
            }
        } else {
            news(self)
        };
        folder.tell(message);
        self.folder = Some(folder);
    }
}

#[cfg(test)]
mod tests;
