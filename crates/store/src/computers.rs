//! Computers and their current states.

use crate::{Assessment, Reason, Result};
use async_trait::async_trait;
use std::sync::Arc;

/// The maximum number of tags of a computer.
pub const MAX_TAGS: usize = 16;
/// The maximum number of characters of a tag.
pub const MAX_TAG: usize = 32;
/// The maximum number of characters of a note.
pub const MAX_NOTE: usize = 4_000;

/// Whether a computer answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Status {
    /// It answered the last poll.
    Online,
    /// It did not, or was never polled.
    #[default]
    Offline,
}

impl Status {
    /// The word in the database and in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Offline => "offline",
        }
    }
}

/// What a computer reports about itself and seldom changes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// Its own name.
    pub hostname: Option<String>,
    /// `Linux`, `Windows` or `Darwin`.
    pub system: Option<String>,
    /// The operating system's name and version.
    pub os: Option<String>,
    /// The kernel's release.
    pub kernel: Option<String>,
    /// The agent's version.
    pub agent_version: Option<String>,
    /// When it booted, in Unix seconds by its own clock.
    pub boot_time_s: Option<f64>,
    /// The id of this boot.
    pub boot_id: Option<String>,
    /// The id of the agent's run.
    pub agent_run: Option<String>,
}

/// The agent's last reading up to which no reading is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complete {
    /// The run of the agent.
    pub run: String,
    /// The reading's number in that run.
    pub sequence: i64,
    /// When it was taken, in Unix milliseconds by the server's clock.
    pub at_ms: i64,
}

/// A computer.
#[derive(Clone, Debug, PartialEq)]
pub struct Computer {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// The address of its agent, without `/systeminfo`. Unchecked: another program may have inserted it.
    pub url: String,
    /// The token that the agent requires. Never shown. Unchecked: another program may have inserted it.
    pub token: String,
    /// Whether it is polled. The remains of a computer that the Flask server removed are not.
    pub polled: bool,
    /// Its tags: trimmed, not empty and within the limits, otherwise unchecked.
    pub tags: Vec<String>,
    /// Its note: within the limit, otherwise unchecked.
    pub note: String,
    /// The agent's pinned certificate: SHA-256 of its DER, in lower-case hexadecimal. Unchecked.
    pub tls_sha256: Option<String>,
    /// Its state. Shared, so that callers that have the state elsewhere can all hold the same empty one.
    pub state: Arc<ComputerState>,
}

/// The current state of a computer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ComputerState {
    /// The computer's number.
    pub id: i64,
    /// Whether it answers.
    pub status: Status,
    /// Why it is offline.
    pub reason: Option<Reason>,
    /// How it stands, as the server decided it last.
    pub assessment: Assessment,
    /// When this status began, in Unix milliseconds.
    pub since_ms: Option<i64>,
    /// When it last answered, in Unix milliseconds.
    pub last_seen_ms: Option<i64>,
    /// What it reports about itself.
    pub facts: Facts,
    /// Up to where its history is complete; `None` if its agent keeps no readings.
    pub complete: Option<Complete>,
}

/// A computer to add.
#[derive(Clone, Debug, Default)]
pub struct NewComputer {
    /// Its name.
    pub name: String,
    /// The address of its agent.
    pub url: String,
    /// The token that the agent requires.
    pub token: String,
    /// Its tags, without commas.
    pub tags: Vec<String>,
    /// Its note.
    pub note: String,
    /// The agent's pinned certificate, if any.
    pub tls_sha256: Option<String>,
}

/// A change of a computer; `None` leaves a field as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ComputerChange {
    /// The new name.
    pub name: Option<String>,
    /// The new address.
    pub url: Option<String>,
    /// The new token.
    pub token: Option<String>,
    /// The new tags, which replace all old ones.
    pub tags: Option<Vec<String>>,
    /// The new note.
    pub note: Option<String>,
    /// The new pinned certificate, or `Some(None)` to unpin it.
    pub tls_sha256: Option<Option<String>>,
}

/// A process in a computer's latest sample.
#[derive(Clone, Debug, PartialEq)]
pub struct Process {
    /// Process id.
    pub pid: i64,
    /// Its name.
    pub name: String,
    /// CPU use in per cent of one core.
    pub cpu_percent: f64,
    /// Resident memory in per cent.
    pub memory_percent: f64,
    /// When it started, in Unix seconds; 0 if unknown.
    pub create_time_s: f64,
}

/// A removed computer that can be restored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemovedComputer {
    /// Its number.
    pub id: i64,
    /// Its name before.
    pub name: String,
    /// When it was removed, in Unix milliseconds.
    pub removed_ms: i64,
}

/// The computers that are watched.
#[async_trait]
pub trait Computers: Send + Sync {
    /// All computers except removed ones, by name.
    async fn computers(&self) -> Result<Vec<Computer>>;

    /// A number that rises whenever any process adds, changes, removes or restores a computer.
    async fn computers_revision(&self) -> Result<i64>;

    /// Adds a computer.
    ///
    /// # Errors
    /// [`crate::Error::NameTaken`].
    async fn add_computer(&self, computer: &NewComputer) -> Result<i64>;

    /// Changes a computer. If its address or token changes, it is polled from now on. Returns false if it does not
    /// exist.
    ///
    /// # Errors
    /// [`crate::Error::NameTaken`].
    async fn change_computer(&self, id: i64, change: &ComputerChange) -> Result<bool>;

    /// Hides a computer at once and frees its name; [`Computers::purge_removed`] deletes its data once it can no
    /// longer be restored. Returns its name, or `None` if it does not exist.
    async fn remove_computer(&self, id: i64, now_ms: i64) -> Result<Option<String>>;

    /// The computers that were removed at `since_ms` or later, the last one first.
    async fn removed_computers(&self, since_ms: i64) -> Result<Vec<RemovedComputer>>;

    /// Restores a computer that was removed at `since_ms` or later, with all its data, under `name` or its old name.
    /// An event records its absence. Returns its name, or `None` if it can no longer be restored.
    ///
    /// # Errors
    /// [`crate::Error::NameTaken`].
    async fn restore_computer(
        &self,
        id: i64,
        since_ms: i64,
        name: Option<&str>,
    ) -> Result<Option<String>>;

    /// Deletes at most `rows` samples or events of computers that were removed before `before_ms`, and then the
    /// computers themselves. Returns whether anything was deleted; callers repeat until nothing is.
    async fn purge_removed(&self, before_ms: i64, rows: u32) -> Result<bool>;

    /// The stored processes of each computer's latest sample.
    async fn processes(&self) -> Result<Vec<(i64, Vec<Process>)>>;

    /// Stores the processes of each computer's latest sample, and deletes all others.
    async fn replace_processes(&self, processes: &[(i64, Vec<Process>)], now_ms: i64)
    -> Result<()>;
}
