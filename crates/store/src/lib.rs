//! Where Muster keeps accounts, computers and samples.
//!
//! The traits say what the server needs, in terms of their own: the store sees neither the wire nor
//! HTTP. [`sqlite`] stands behind them; a second store touches one file here and one line of the
//! contract suite in `tests/`, which every store passes.

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

pub use accounts::{Accounts, NewUser, OpenSession, Origin, Role, Session, SessionKey, User};
pub use audit::{Audit, AuditEntry, AuditLimits, AuditQuery, NewAuditEntry};
pub use chunks::{ChunkSet, Chunks, Length, Listed, Period, Wanted};
pub use computers::{
    Complete, Computer, ComputerChange, ComputerState, Computers, Facts, MAX_NOTE, MAX_TAG,
    MAX_TAGS, NewComputer, Process, Removed, Status,
};
pub use condition::{Assessment, Condition, Filling, Measurement, Trouble};
pub use error::{Error, Result};
pub use events::{Event, EventKind, Events};
pub use reason::{AddressProblem, Evidence, Reason};
pub use retention::Retention;
pub use samples::{ChartQuery, LinesQuery, Sample, Samples, Span};
pub use sealing::{Sealing, Unsealed};
pub use settings::Settings;
pub use storage::{Disk, Size, Storage};
pub use tokens::{MAX_TOKENS, NewToken, Token, TokenAccess, TokenHolder, Tokens};

/// All that a server needs of a store.
pub trait Store:
    Accounts + Tokens + Audit + Computers + Events + Samples + Sealing + Retention + Storage + Settings
{
}

impl<T> Store for T where
    T: Accounts
        + Tokens
        + Audit
        + Computers
        + Events
        + Samples
        + Sealing
        + Retention
        + Storage
        + Settings
{
}
