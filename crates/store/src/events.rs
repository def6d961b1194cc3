//! Events of computers and of the server, which explain gaps in histories.

use crate::{Reason, Result};
use async_trait::async_trait;

/// The kind of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// The computer was added: no sample was expected before. The store writes this event itself.
    Added,
    /// It answered for the first time, or again.
    Online,
    /// It stopped answering, or the reason changed.
    Offline,
    /// Why it had been down, as its first answer showed.
    Cause,
    /// The server started.
    ServerStarted,
    /// The server stopped normally.
    ServerStopped,
    /// The last sign of life of a killed server, found by the next start.
    ServerLost,
    /// The server could not reach its computers: too many failed at once.
    ServerBlind,
    /// The server reached them again.
    ServerSees,
}

impl EventKind {
    const ALL: [Self; 9] = [
        Self::Added,
        Self::Online,
        Self::Offline,
        Self::Cause,
        Self::ServerStarted,
        Self::ServerStopped,
        Self::ServerLost,
        Self::ServerBlind,
        Self::ServerSees,
    ];

    /// The word in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Online => "online",
            Self::Offline => "offline",
            Self::Cause => "cause",
            Self::ServerStarted => "server_started",
            Self::ServerStopped => "server_stopped",
            Self::ServerLost => "server_lost",
            Self::ServerBlind => "server_blind",
            Self::ServerSees => "server_sees",
        }
    }

    /// Parses the word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// An event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The computer; `None` for the server itself.
    pub computer_id: Option<i64>,
    /// When, in Unix milliseconds.
    pub at_ms: i64,
    /// The kind.
    pub kind: EventKind,
    /// Why.
    pub reason: Option<Reason>,
    /// The interval of polls from then on; set with each event of the server.
    pub interval_ms: Option<i64>,
}

/// Reads events; [`crate::Samples::record`] writes them in the transaction of what they belong to.
#[async_trait]
pub trait Events: Send + Sync {
    /// The events of a computer, or of the server, in `from_ms <= at_ms < to_ms`, and the last one before, which
    /// gives the state at `from_ms`; oldest first. If there are more than `limit`, only the newest.
    async fn events(
        &self,
        computer_id: Option<i64>,
        from_ms: i64,
        to_ms: i64,
        limit: u32,
    ) -> Result<Vec<Event>>;

    /// The moment of a computer's first event: when it was added, or the oldest event of a computer that an older
    /// server added.
    async fn first_event_ms(&self, computer_id: i64) -> Result<Option<i64>>;
}
