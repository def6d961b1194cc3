//! The API and the dashboard: one list of routes, one place that checks access, a file for each group of handlers.

mod access;
mod assets;
mod audit;
mod auth;
mod caller;
mod client;
mod completeness;
mod computers;
mod connection_slots;
mod description;
mod error;
mod feed;
mod flask;
mod health;
mod history;
mod layers;
mod live;
mod metrics;
mod now;
mod overview;
mod pages;
mod people;
mod problem;
mod rate_limiter;
mod readings;
mod return_path;
mod router;
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
pub use history::fuzzing::check_history_query;
pub use rate_limiter::RateLimiter;
pub use router::build_router;
pub use routes::{RouteInfo, route_table};
pub use serve::serve_http;
pub use starting::answer_while_starting;

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

/// Everything that handlers need; made once, shared by all requests.
pub struct App {
    /// Accounts, computers, samples.
    pub store: Arc<dyn Store>,
    /// The latest sample and condition of each computer.
    pub live: Arc<Live>,
    /// The computers to poll.
    pub roster: Arc<Roster>,
    /// Stores samples.
    pub recorder: Arc<Recorder>,
    /// Turns rows into chunks.
    pub sealer: Arc<Sealer>,
    /// Deletes expired samples.
    pub retention: Arc<RetentionTask>,
    /// Daily copies of the database.
    pub backups: Arc<Backups>,
    /// Watches the free space of the disk.
    pub disk_guard: Arc<DiskGuard>,
    /// Counts polls since the start.
    pub tally: Arc<Tally>,
    /// Hashes and checks passwords.
    pub passwords: Passwords,
    /// Derives the keys under which sessions and tokens are stored.
    pub session_keys: SessionKeys,
    /// Limits failed logins.
    pub throttle: Throttle,
    /// Records who did what.
    pub audit: AuditLog,
    /// Limits connection tests.
    pub test_limiter: RateLimiter,
    /// Limits how many charts are read concurrently, so that they do not delay other queries.
    pub charts: Arc<Semaphore>,
    /// Sends updates to all browsers.
    pub feed: Arc<Feed>,
    /// Polls each watched computer every second.
    pub close_ups: Arc<CloseUps>,
    /// Backfills samples of outages.
    pub filler: Arc<Filler>,
    /// Polls agents for connection tests.
    pub fetcher: Fetcher,
    /// The time between two polls of a computer.
    pub interval: Duration,
    /// Proxies whose forwarded headers count.
    pub trusted_proxies: Vec<IpNet>,
    /// The path below which a proxy serves the dashboard.
    pub base_path: BasePath,
    /// Whether the server listens on loopback addresses only.
    pub loopback_only: bool,
    /// Changes whenever a session ends, so that its streams end too.
    pub session_ends: watch::Sender<u64>,
    /// True once the server stops.
    pub stopping: watch::Receiver<bool>,
}

impl App {
    /// Reloads the computers after a change, so that the next answers show it.
    ///
    /// # Errors
    /// The database failed.
    pub async fn refresh_computers(&self) -> muster_store::Result<()> {
        self.roster.refresh().await?;
        let (feed, live) = (self.feed.clone(), self.live.clone());
        let published = tokio::task::spawn_blocking(move || feed.publish(&live));
        if let Err(error) = published.await {
            tracing::error!(%error, "an update of the browsers panicked");
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

    /// Makes all streams check whether their session has ended.
    pub fn notify_sessions_ended(&self) {
        self.session_ends.send_modify(|count| *count += 1);
    }
}
