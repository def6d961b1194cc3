//! What happened to computers and to the server itself: from this a gap in a history has its reason.

use crate::{Reason, Result};
use async_trait::async_trait;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// The computer was added: nothing was expected of it before. The store notes it by itself.
    Added,
    /// It answered, for the first time or again.
    Online,
    /// It did not answer any more, or for another reason than before.
    Offline,
    /// Why it had not answered, as its first answer after that showed.
    Cause,
    /// The server started.
    ServerStarted,
    /// The server stopped as it should.
    ServerStopped,
    /// The last sign of life of a server that was killed, as the next start found it.
    ServerLost,
    /// So many computers failed to answer at once that it was the server who could not reach them.
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

    /// The kind of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// To which computer; `None` for the server itself.
    pub computer_id: Option<i64>,
    /// When, in Unix milliseconds.
    pub at_ms: i64,
    /// What.
    pub kind: EventKind,
    /// Why.
    pub reason: Option<Reason>,
    /// The time from one call of a computer to the next that was in force from then on; with each event of
    /// the server itself.
    pub interval_ms: Option<i64>,
}

/// Reading events; they are written by [`crate::Samples::record`], together with what they belong to.
#[async_trait]
pub trait Events: Send + Sync {
    /// The events of a computer, or of the server itself, in `from_ms <= at_ms < to_ms`, and the last
    /// before these, which says how things stood at `from_ms`; oldest first. Of more than `limit` only
    /// the newest.
    async fn events(
        &self,
        computer_id: Option<i64>,
        from_ms: i64,
        to_ms: i64,
        limit: u32,
    ) -> Result<Vec<Event>>;

    /// The moment of a computer's first event: when it was added, or, where an older server added it,
    /// when anything was first noted of it.
    async fn first_event_ms(&self, computer_id: i64) -> Result<Option<i64>>;
}
