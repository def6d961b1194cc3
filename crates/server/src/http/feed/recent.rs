//! The last updates, for a browser that reconnects: limited in number and in bytes.

use super::SseEvent;
use std::collections::VecDeque;

const MAX_EVENTS: usize = 64;
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// The last update that a browser received: `RUN-NUMBER`, as in the ids of the events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct After {
    /// The run of the server.
    pub run: String,
    /// Its number.
    pub seq: u64,
}

impl After {
    /// Parses an id.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (run, seq) = text.rsplit_once('-')?;
        Some(Self {
            run: run.to_owned(),
            seq: seq.parse().ok()?,
        })
    }
}

/// The last updates, numbered without gaps.
#[derive(Default)]
pub struct Recent {
    events: VecDeque<(u64, SseEvent)>,
    bytes: usize,
}

impl Recent {
    /// Keeps an update and drops the oldest ones to make room.
    pub fn push(&mut self, seq: u64, event: SseEvent) {
        self.bytes += event.size();
        self.events.push_back((seq, event));
        while self.events.len() > MAX_EVENTS || self.bytes > MAX_BYTES {
            let Some((_, oldest)) = self.events.pop_front() else {
                return;
            };
            self.bytes -= oldest.size();
        }
    }

    /// Drops all updates: later ones do not continue them.
    pub fn forget(&mut self) {
        *self = Self::default();
    }

    /// All updates after this number up to the last one, if none of them is missing.
    pub fn updates_since(&self, seq: u64, last: u64) -> Option<Vec<SseEvent>> {
        let count = usize::try_from(last.checked_sub(seq)?).ok()?;
        let skipped = self.events.len().checked_sub(count)?;
        let events = self.events.iter().skip(skipped);
        Some(events.map(|(_, event)| event.clone()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recent(events: impl IntoIterator<Item = (u64, usize)>) -> Recent {
        let mut recent = Recent::default();
        for (seq, size) in events {
            // Digits that do not repeat compress badly, so the event takes about its own size.
            let text: String = (0..size / 8)
                .map(|n| format!("{:08x}", n * 2_654_435_761 % 4_294_967_291))
                .collect();
            recent.push(seq, SseEvent::new(text));
        }
        recent
    }

    #[test]
    fn returns_missed_updates() {
        let recent = recent((5..=9).map(|seq| (seq, 8)));
        assert_eq!(
            recent.updates_since(9, 9).map(|events| events.len()),
            Some(0)
        );
        assert_eq!(
            recent.updates_since(6, 9).map(|events| events.len()),
            Some(3)
        );
        assert_eq!(
            recent.updates_since(4, 9).map(|events| events.len()),
            Some(5)
        );
        assert!(recent.updates_since(3, 9).is_none());
        assert!(recent.updates_since(10, 9).is_none());
    }

    #[test]
    fn is_bounded_in_number_and_bytes() {
        assert_eq!(
            recent((0..100).map(|seq| (seq, 8))).events.len(),
            MAX_EVENTS
        );
        let large = recent((0..8).map(|seq| (seq, 1_000_000)));
        assert!((1..4).contains(&large.events.len()) && large.bytes <= MAX_BYTES);
    }

    #[test]
    fn an_id_is_a_run_and_a_number() {
        let after = After::parse("0a1b-17").unwrap();
        assert_eq!((after.run.as_str(), after.seq), ("0a1b", 17));
        for text in ["", "17", "a-", "a-b", "a--1"] {
            assert!(
                After::parse(text).is_none_or(|after| after.run.ends_with('-')),
                "{text}"
            );
        }
    }
}
