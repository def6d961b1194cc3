//! The position of a reading in the ring, and which readings follow a cursor.

use super::block::Reading;
use muster_wire::Cursor;
use serde_json::Value;

/// The position of a reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// Id of the run of the agent.
    pub run: String,
    /// Number of the reading in that run.
    pub sequence: u64,
    /// Time by the clock of the computer.
    pub time_ms: i64,
}

impl Position {
    /// Reads the position from a reading; `None` if the reading has none.
    pub fn from_reading(reading: &Reading) -> Option<Self> {
        let agent = reading.get("agent")?;
        Some(Self {
            run: agent.get("run")?.as_str()?.to_owned(),
            sequence: agent.get("sequence")?.as_u64()?,
            time_ms: agent.get("time_ms").and_then(Value::as_i64).unwrap_or(0),
        })
    }
}

/// Selects the readings after a cursor. Pass it the positions in order.
pub struct AfterCursor<'a> {
    /// The cursor; `None` selects everything.
    cursor: Option<&'a Cursor>,
    seen: bool,
}

impl<'a> AfterCursor<'a> {
    /// Selects what follows a cursor, or everything if none of these positions belongs to its run.
    pub fn new<'b>(
        cursor: Option<&'a Cursor>,
        mut positions: impl Iterator<Item = &'b Position>,
    ) -> Self {
        Self {
            cursor: cursor.filter(|cursor| positions.any(|position| position.run == cursor.run)),
            seen: false,
        }
    }

    /// Whether any reading up to this position may follow the cursor.
    pub fn may_reach(&mut self, last: &Position) -> bool {
        match self.cursor {
            None => true,
            Some(cursor) if last.run == cursor.run => {
                self.seen = true;
                last.sequence > cursor.sequence
            }
            // Runs are in order: all runs after that of the cursor follow it.
            Some(_) => self.seen,
        }
    }

    /// Whether the reading at this position follows the cursor.
    pub fn includes(&mut self, position: &Position) -> bool {
        self.may_reach(position)
    }
}
