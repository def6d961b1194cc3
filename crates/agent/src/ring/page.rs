//! The readings of one answer, bounded in bytes.

use super::place::Place;
use muster_wire::{Cursor, History, MAX_PAGE_BYTES};
use serde_json::Value;

/// Readings of one answer.
#[derive(Default)]
pub struct Page {
    readings: Vec<Value>,
    bytes: usize,
    /// Whether there was one more, which found no room.
    pub full: bool,
    last: Option<Place>,
}

impl Page {
    /// Adds a reading, where there is room.
    pub fn add(&mut self, place: Place, reading: Value) {
        let bytes = reading.to_string().len();
        // One at least, so that whoever asks comes further.
        self.full |= !self.readings.is_empty() && self.bytes + bytes > MAX_PAGE_BYTES;
        if !self.full {
            self.bytes += bytes + 1;
            self.readings.push(reading);
            self.last = Some(place);
        }
    }

    /// As it is answered.
    pub fn history(self) -> History<Value> {
        let cursor = |place: Place| Cursor {
            run: place.run,
            sequence: place.sequence,
        };
        History {
            readings: self.readings,
            next: self.last.map(|place| cursor(place).to_string()),
            more: self.full,
        }
    }
}
