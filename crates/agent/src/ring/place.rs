//! Which reading something is, and what lies behind a cursor.

use super::block::Reading;
use muster_wire::Cursor;
use serde_json::Value;

/// Which reading something is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The run of the agent.
    pub run: String,
    /// The reading's number in it.
    pub sequence: u64,
    /// By the computer's own clock.
    pub time_ms: i64,
}

/// The place of a reading, unless it is none.
pub fn place_of(reading: &Reading) -> Option<Place> {
    let agent = reading.get("agent")?;
    Some(Place {
        run: agent.get("run")?.as_str()?.to_owned(),
        sequence: agent.get("sequence")?.as_u64()?,
        time_ms: agent.get("time_ms").and_then(Value::as_i64).unwrap_or(0),
    })
}

/// Tells what lies behind a cursor, asked of one place after the other.
pub struct Behind<'a> {
    /// The run in which it begins, and the last sequence number before it; `None` once it has begun.
    before: Option<&'a Cursor>,
    seen: bool,
}

impl<'a> Behind<'a> {
    /// Behind a cursor, or everywhere where none of these places is of its run.
    pub fn new<'b>(
        cursor: Option<&'a Cursor>,
        mut places: impl Iterator<Item = &'b Place>,
    ) -> Self {
        Self {
            before: cursor.filter(|cursor| places.any(|place| place.run == cursor.run)),
            seen: false,
        }
    }

    /// Whether something up to this place lies behind the cursor.
    pub fn begins_in(&mut self, last: &Place) -> bool {
        match self.before {
            None => true,
            Some(cursor) if last.run == cursor.run => {
                self.seen = true;
                last.sequence > cursor.sequence
            }
            // Runs follow one another: what comes after the cursor's is behind it.
            Some(_) => self.seen,
        }
    }

    /// Whether a reading lies behind the cursor.
    pub fn is(&mut self, place: &Place) -> bool {
        self.begins_in(place)
    }
}
