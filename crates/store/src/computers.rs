//! The computers that are watched, and what is known of each now.

use crate::Result;
use async_trait::async_trait;
use std::sync::Arc;

/// Tags of a computer, at most.
pub const MAX_TAGS: usize = 16;
/// Characters of a tag, at most.
pub const MAX_TAG: usize = 32;
/// Characters of a note, at most.
pub const MAX_NOTE: usize = 4_000;

/// Whether a computer answered when its name was called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Status {
    /// It did.
    Online,
    /// It did not, or was never called.
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

/// What a computer says of itself that seldom changes.
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
    /// When it started, in Unix seconds by its own clock.
    pub boot_time_s: Option<f64>,
    /// Which of its starts that was.
    pub boot_id: Option<String>,
    /// Which run of its agent answered.
    pub agent_run: Option<String>,
}

/// Up to which reading of an agent's nothing is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complete {
    /// The run of the agent.
    pub run: String,
    /// The reading's number in that run.
    pub sequence: i64,
    /// When it was taken, in Unix milliseconds by this server's clock.
    pub at_ms: i64,
}

/// A computer that is watched.
#[derive(Clone, Debug, PartialEq)]
pub struct Computer {
    /// Its number.
    pub id: i64,
    /// The name that people gave it.
    pub name: String,
    /// Where its agent answers, without `/systeminfo`. As a script may have written it: unchecked.
    pub url: String,
    /// What the agent asks for. Never shown. As a script may have written it: unchecked.
    pub token: String,
    /// Whether it is called at all; what is left of a computer that the Flask server removed is not.
    pub polled: bool,
    /// By what people group it. As a script may have written them: unchecked, but trimmed, not empty, and within the limits.
    pub tags: Vec<String>,
    /// What people say of it; often nothing. As a script may have written it: unchecked, but within the limit.
    pub note: String,
    /// The certificate that its agent must show: SHA-256 of its DER, in lower-case hexadecimal. As a script
    /// may have written it: unchecked.
    pub tls_sha256: Option<String>,
    /// What is known of it. Shared, so that those who know it from elsewhere can all have the same empty one.
    pub state: Arc<ComputerState>,
}

/// What is known of a computer now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ComputerState {
    /// The computer's number.
    pub id: i64,
    /// Whether it answered.
    pub status: Status,
    /// Why it is offline, in words.
    pub reason: Option<String>,
    /// Since when it has been online or offline, in Unix milliseconds.
    pub since_ms: Option<i64>,
    /// When it last answered, in Unix milliseconds.
    pub last_seen_ms: Option<i64>,
    /// What it says of itself.
    pub facts: Facts,
    /// Up to where its history is complete; `None` where its agent keeps no readings.
    pub complete: Option<Complete>,
}

/// A computer to be watched.
#[derive(Clone, Debug, Default)]
pub struct NewComputer {
    /// The name that people give it.
    pub name: String,
    /// Where its agent answers.
    pub url: String,
    /// What the agent asks for.
    pub token: String,
    /// By what people group it; no tag has a comma in it.
    pub tags: Vec<String>,
    /// What people say of it.
    pub note: String,
    /// The certificate that its agent must show, where it is pinned.
    pub tls_sha256: Option<String>,
}

/// What is to change of a computer; `None` stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ComputerChange {
    /// Another name.
    pub name: Option<String>,
    /// Another address.
    pub url: Option<String>,
    /// Another token.
    pub token: Option<String>,
    /// Other tags, in place of all that it had.
    pub tags: Option<Vec<String>>,
    /// Another note.
    pub note: Option<String>,
    /// Another certificate that its agent must show, or none in particular.
    pub tls_sha256: Option<Option<String>>,
}

/// A process of a computer's latest answer.
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
    /// When it started, in Unix seconds; 0 where nobody knows.
    pub create_time_s: f64,
}

/// A computer that was removed, and may be brought back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemovedComputer {
    /// Its number.
    pub id: i64,
    /// The name that it had.
    pub name: String,
    /// When it was removed, in Unix milliseconds.
    pub removed_ms: i64,
}

/// The computers that are watched.
#[async_trait]
pub trait Computers: Send + Sync {
    /// All computers that were not removed, by name.
    async fn computers(&self) -> Result<Vec<Computer>>;

    /// A number that grows whenever a computer is added, changed or removed, by whichever process.
    async fn computers_revision(&self) -> Result<i64>;

    /// Adds a computer.
    ///
    /// # Errors
    /// [`crate::Error::NameTaken`].
    async fn add_computer(&self, computer: &NewComputer) -> Result<i64>;

    /// Changes a computer; one whose address or token changes is polled from now on. False where it is
    /// gone.
    ///
    /// # Errors
    /// [`crate::Error::NameTaken`].
    async fn change_computer(&self, id: i64, change: &ComputerChange) -> Result<bool>;

    /// Hides a computer at once and frees its name; [`Computers::purge_removed`] deletes what it left, once
    /// nobody may bring it back any more.
    /// The answer is its name, or `None` where it is gone.
    async fn remove_computer(&self, id: i64, now_ms: i64) -> Result<Option<String>>;

    /// The computers that were removed at `since_ms` or later, the last one first.
    async fn removed_computers(&self, since_ms: i64) -> Result<Vec<RemovedComputer>>;

    /// Brings a computer back that was removed at `since_ms` or later, with all that it left, under that name
    /// or the one that it had. An event says that it was gone meanwhile. The answer is its name, or `None`
    /// where it is gone for good.
    ///
    /// # Errors
    /// [`crate::Error::NameTaken`].
    async fn restore_computer(
        &self,
        id: i64,
        since_ms: i64,
        name: Option<&str>,
    ) -> Result<Option<String>>;

    /// Deletes at most `rows` samples or events of computers that were removed before `before_ms`, and a
    /// computer once nothing is left of it; says whether anything was deleted, so that a caller goes on until
    /// nothing is.
    async fn purge_removed(&self, before_ms: i64, rows: u32) -> Result<bool>;

    /// The processes of each computer's latest answer, as they were kept at the last stop.
    async fn processes(&self) -> Result<Vec<(i64, Vec<Process>)>>;

    /// Keeps the processes of each computer's latest answer, in place of all that were kept before.
    async fn replace_processes(&self, processes: &[(i64, Vec<Process>)], now_ms: i64)
    -> Result<()>;
}
