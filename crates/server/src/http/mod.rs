//! The server's outside: one list of routes, one place that checks access, a file for each controller.

mod access;
mod assets;
mod audit;
mod auth;
mod caller;
mod completeness;
mod computers;
mod crowd;
mod description;
mod error;
mod feed;
mod flask;
mod health;
mod history;
mod layers;
mod live;
mod metrics;
mod next;
mod now;
mod overview;
mod pages;
mod peer;
mod people;
mod problem;
mod rate;
mod readings;
mod routes;
mod serve;
mod sparklines;
mod starting;
mod storage;
mod views;
mod vocabulary;

pub use access::Access;
pub use description::openapi;
pub use feed::Feed;
#[cfg(fuzzing)]
pub use history::fuzzing::ask as ask_history;
pub use rate::Rate;
pub use routes::{RouteInfo, route_table, router};
pub use serve::serve;
pub use starting::meanwhile;

use crate::config::BasePath;
use crate::live::Live;
use crate::people::accounts::{Passwords, SessionKeys, Throttle};
use crate::people::audit::AuditLog;
use crate::poll::close_up::CloseUps;
use crate::poll::fetch::Fetcher;
use crate::poll::fill::Filler;
use crate::poll::roll::Tally;
use crate::poll::roster::Roster;
use crate::upkeep::backups::Backups;
use crate::upkeep::disk_guard::DiskGuard;
use crate::upkeep::recorder::Recorder;
use crate::upkeep::retention::RetentionTask;
use crate::upkeep::sealer::Sealer;
use crate::upkeep::server_problem::ServerProblem;
use ipnet::IpNet;
use muster_store::Store;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, watch};

/// All that a controller may need. Made once, shared by all requests.
pub struct App {
    /// Accounts, computers, samples.
    pub store: Arc<dyn Store>,
    /// The latest of each computer.
    pub live: Arc<Live>,
    /// Who is on the roll.
    pub roster: Arc<Roster>,
    /// What waits to be stored.
    pub recorder: Arc<Recorder>,
    /// What becomes chunks.
    pub sealer: Arc<Sealer>,
    /// What is deleted.
    pub retention: Arc<RetentionTask>,
    /// What is copied.
    pub backups: Arc<Backups>,
    /// Whether the disk has room.
    pub disk_guard: Arc<DiskGuard>,
    /// Calls since the start.
    pub tally: Arc<Tally>,
    /// The pool that hashes.
    pub passwords: Passwords,
    /// What sessions are stored under.
    pub session_keys: SessionKeys,
    /// Failed logins.
    pub throttle: Throttle,
    /// Who did what.
    pub audit: AuditLog,
    /// Connection tests of the last minute.
    pub tests: Rate,
    /// Charts that are read at once: the others wait, and sessions and single samples are read beside them.
    pub charts: Arc<Semaphore>,
    /// Updates to all browsers.
    pub feed: Arc<Feed>,
    /// Computers that somebody looks at.
    pub close_ups: Arc<CloseUps>,
    /// What fills in what the roll missed.
    pub filler: Arc<Filler>,
    /// Asks agents, for connection tests.
    pub fetcher: Fetcher,
    /// The time from one call of a computer to the next.
    pub interval: Duration,
    /// Whose forwarded headers count.
    pub trusted_proxies: Vec<IpNet>,
    /// Below which path a proxy shows the dashboard.
    pub base_path: BasePath,
    /// Whether only this computer can reach the server.
    pub loopback_only: bool,
    /// Grows whenever a session ended, so that its streams end too.
    pub session_ends: watch::Sender<u64>,
    /// True once the server stops.
    pub stopping: watch::Receiver<bool>,
}

impl App {
    /// After a change of computers: what is asked next is answered with it.
    ///
    /// # Errors
    /// What the database said.
    pub async fn refresh_computers(&self) -> muster_store::Result<()> {
        self.roster.refresh().await?;
        let (feed, live) = (self.feed.clone(), self.live.clone());
        let published = tokio::task::spawn_blocking(move || feed.publish(&live));
        if let Err(error) = published.await {
            tracing::error!(%error, "an update failed in itself");
        }
        Ok(())
    }

    /// Why samples cannot be written, if they cannot. Anyone may read it, so it has no parameters.
    #[must_use]
    pub fn find_write_problem(&self) -> Option<ServerProblem> {
        if self.disk_guard.is_low() {
            Some(ServerProblem::DiskNearlyFull)
        } else if self.recorder.is_failing() {
            Some(ServerProblem::DatabaseNotWritable)
        } else {
            None
        }
    }

    /// Why the server is not ready, if it is not. Anyone may read it.
    #[must_use]
    pub fn find_problem(&self) -> Option<ServerProblem> {
        if *self.stopping.borrow() {
            Some(ServerProblem::Stopping)
        } else if !self.tally.is_running(tokio::time::Instant::now()) {
            Some(ServerProblem::PollingStopped)
        } else {
            self.find_write_problem()
        }
    }

    /// After a session ended: its streams look again.
    pub fn sessions_ended(&self) {
        self.session_ends.send_modify(|count| *count += 1);
    }
}
