//! Collects the readings of one answer, up to a size.

use super::position::Position;
use muster_wire::{Cursor, History, MAX_PAGE_BYTES};
use serde_json::Value;

/// The readings of one answer.
#[derive(Default)]
pub struct Page {
    readings: Vec<Value>,
    bytes: usize,
    /// Whether a further reading did not fit.
    pub full: bool,
    last: Option<Position>,
}

impl Page {
    /// Adds a reading if there is room.
    pub fn push(&mut self, position: Position, reading: Value) {
        let bytes = reading.to_string().len();
        // At least one, so that the client makes progress.
        self.full |= !self.readings.is_empty() && self.bytes + bytes > MAX_PAGE_BYTES;
        if !self.full {
            self.bytes += bytes + 1;
            self.readings.push(reading);
            self.last = Some(position);
        }
    }

    /// Converts to the form that is sent.
    pub fn into_history(self) -> History<Value> {
        let cursor = |position: Position| Cursor {
            run: position.run,
            sequence: position.sequence,
        };
        History {
            readings: self.readings,
            next: self.last.map(|position| cursor(position).to_string()),
            more: self.full,
        }
    }
}
