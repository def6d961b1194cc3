//! Stores accounts, computers and samples.
//!
//! The traits say what the server needs, in their own terms: the store knows neither the agents' JSON nor HTTP.
//! [`sqlite`] implements them. Every store passes the contract suite in `tests/it/contract`.

mod accounts;
mod audit;
mod chunks;
mod computers;
mod condition;
pub mod due;
mod error;
mod events;
mod reason;
mod retention;
mod samples;
mod sealed;
mod sealing;
mod settings;
pub mod sqlite;
mod storage;
mod tokens;

pub use accounts::{Accounts, ClientInfo, NewUser, OpenSession, Role, Session, SessionKey, User};
pub use audit::{Audit, AuditEntry, AuditLimits, AuditQuery, NewAuditEntry};
pub use chunks::{ChunkSet, ChunkStore, PeriodInfo, PeriodKey, PeriodLength, SeriesFilter};
pub use computers::{
    Complete, Computer, ComputerChange, ComputerState, Computers, Facts, MAX_NOTE, MAX_TAG,
    MAX_TAGS, NewComputer, Process, RemovedComputer, Status,
};
pub use condition::{Assessment, Condition, Filling, Measurement, Trouble};
pub use error::{Error, Result};
pub use events::{Event, EventKind, Events};
pub use reason::{AddressProblem, Evidence, Reason};
pub use retention::Retention;
pub use samples::{ChartQuery, LinesQuery, Sample, Samples, Span};
pub use sealing::{HistorySealing, SealCandidate};
pub use settings::Settings;
pub use storage::{Disk, Size, Storage};
pub use tokens::{MAX_TOKENS, NewToken, Token, TokenAccess, TokenHolder, Tokens};

/// All that the server needs of a store.
pub trait Store:
    Accounts
    + Tokens
    + Audit
    + Computers
    + Events
    + Samples
    + HistorySealing
    + Retention
    + Storage
    + Settings
{
}

impl<T> Store for T where
    T: Accounts
        + Tokens
        + Audit
        + Computers
        + Events
        + Samples
        + HistorySealing
        + Retention
        + Storage
        + Settings
{
}
