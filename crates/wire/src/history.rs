//! What an agent kept while nobody asked, and how far a server has read in it.

use crate::SystemInfo;
use serde::de::{self, Deserializer, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

/// Bytes of the readings of one answer, at most, but for the last of them.
pub const MAX_PAGE_BYTES: usize = 248 << 10;
/// Readings of one answer, at most: what the shortest ones that say anything take of such a page.
pub const MAX_PAGE_READINGS: usize = 4_096;
/// Bytes of a cursor, at most.
const MAX_CURSOR: usize = 128;

/// Beside the reading of now: readings that the agent took by itself, one an interval, oldest first.
///
/// `GET /systeminfo?since=CURSOR` asks for those behind the cursor, `?since=` for all.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "R: Deserialize<'de>"))]
pub struct History<R = SystemInfo> {
    /// The readings: each with its `agent.run`, `agent.sequence`, `agent.time_ms` and `boot`.
    #[serde(deserialize_with = "bounded")]
    pub readings: Vec<R>,
    /// The cursor behind the last of them; absent where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Whether there are more behind `next`.
    pub more: bool,
}

/// An empty reading is two bytes to send, and hundreds to hold.
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

/// A place in an agent's history: behind that reading of that run, written `RUN.SEQUENCE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// A run of the agent.
    pub run: String,
    /// A reading of it.
    pub sequence: u64,
}

impl fmt::Display for Cursor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.run, self.sequence)
    }
}

/// No cursor.
#[derive(Debug, PartialEq, Eq)]
pub struct NoCursor;

impl FromStr for Cursor {
    type Err = NoCursor;

    fn from_str(text: &str) -> Result<Self, NoCursor> {
        let (run, sequence) = text.rsplit_once('.').ok_or(NoCursor)?;
        let is_run = |letter: u8| letter.is_ascii_alphanumeric() || letter == b'-';
        if text.len() > MAX_CURSOR || run.is_empty() || !run.bytes().all(is_run) {
            return Err(NoCursor);
        }
        Ok(Self {
            run: run.to_owned(),
            sequence: sequence.parse().map_err(|_| NoCursor)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readings_without_number_are_no_page() {
        let page = |count| {
            let readings = vec!["{}"; count].join(",");
            let text = format!(r#"{{"readings": [{readings}], "more": false}}"#);
            serde_json::from_str::<History>(&text).map(|page| page.readings.len())
        };
        assert_eq!(page(MAX_PAGE_READINGS).unwrap(), MAX_PAGE_READINGS);
        assert!(page(MAX_PAGE_READINGS + 1).is_err());
    }

    #[test]
    fn a_cursor_is_what_it_is_written_as() {
        let cursor = Cursor {
            run: "7f0c-2".into(),
            sequence: 12,
        };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for text in ["", ".", "run", ".5", "run.", "run.-1", "r un.5", "r&x.5"] {
            assert_eq!(text.parse::<Cursor>(), Err(NoCursor), "{text}");
        }
    }
}
