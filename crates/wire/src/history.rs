//! Readings that an agent recorded between polls, and the cursor for reading them page by page.

use crate::SystemInfo;
use serde::de::{self, Deserializer, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

/// Maximum number of bytes of readings in one answer. A single reading that is larger is sent alone.
pub const MAX_PAGE_BYTES: usize = 248 << 10;
/// Maximum number of readings in one answer: as many of the shortest useful readings as fit into such a page.
pub const MAX_PAGE_READINGS: usize = 4_096;
/// Maximum number of bytes of a cursor.
const MAX_CURSOR: usize = 128;

/// Readings that the agent recorded by itself, one per interval, oldest first. They are sent in addition to the
/// current reading.
///
/// `GET /systeminfo?since=CURSOR` returns those after the cursor, `?since=` returns all.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "R: Deserialize<'de>"))]
pub struct History<R = SystemInfo> {
    /// The readings, each with its `agent.run`, `agent.sequence`, `agent.time_ms` and `boot`.
    #[serde(deserialize_with = "bounded")]
    pub readings: Vec<R>,
    /// Cursor after the last of these readings; absent if there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Whether more readings follow `next`.
    pub more: bool,
}

/// Limits the count while parsing: an empty reading takes two bytes to send and hundreds in memory.
fn bounded<'de, D: Deserializer<'de>, R: Deserialize<'de>>(
    deserializer: D,
) -> Result<Vec<R>, D::Error> {
    deserializer.deserialize_seq(Bounded(PhantomData))
}

struct Bounded<R>(PhantomData<R>);

impl<'de, R: Deserialize<'de>> Visitor<'de> for Bounded<R> {
    type Value = Vec<R>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an array of readings")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Vec<R>, A::Error> {
        let mut readings = Vec::new();
        while let Some(reading) = sequence.next_element()? {
            if readings.len() == MAX_PAGE_READINGS {
                return Err(de::Error::custom("more than 4,096 readings"));
            }
            readings.push(reading);
        }
        Ok(readings)
    }
}

/// A position in the history of an agent: after reading `SEQUENCE` of run `RUN`, written `RUN.SEQUENCE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// Id of a run of the agent.
    pub run: String,
    /// Number of a reading in that run.
    pub sequence: u64,
}

impl fmt::Display for Cursor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.run, self.sequence)
    }
}

/// The text is not a cursor.
#[derive(Debug, PartialEq, Eq)]
pub struct InvalidCursor;

impl FromStr for Cursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        let (run, sequence) = text.rsplit_once('.').ok_or(InvalidCursor)?;
        let is_run = |letter: u8| letter.is_ascii_alphanumeric() || letter == b'-';
        if text.len() > MAX_CURSOR || run.is_empty() || !run.bytes().all(is_run) {
            return Err(InvalidCursor);
        }
        Ok(Self {
            run: run.to_owned(),
            sequence: sequence.parse().map_err(|_| InvalidCursor)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_readings_than_a_page_holds_are_refused() {
        let page = |count| {
            let readings = vec!["{}"; count].join(",");
            let text = format!(r#"{{"readings": [{readings}], "more": false}}"#);
            serde_json::from_str::<History>(&text).map(|page| page.readings.len())
        };
        assert_eq!(page(MAX_PAGE_READINGS).unwrap(), MAX_PAGE_READINGS);
        assert!(page(MAX_PAGE_READINGS + 1).is_err());
    }

    #[test]
    fn a_cursor_round_trips_as_text() {
        let cursor = Cursor {
            run: "7f0c-2".into(),
            sequence: 12,
        };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for text in ["", ".", "run", ".5", "run.", "run.-1", "r un.5", "r&x.5"] {
            assert_eq!(text.parse::<Cursor>(), Err(InvalidCursor), "{text}");
        }
    }
}
