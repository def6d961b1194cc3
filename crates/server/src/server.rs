//! Assembles the server, starts its parts in the order in which data passes them, and stops them again.

use crate::config::{BasePath, Secrets, StorageArgs};
use crate::derived::forecast::Forecaster;
use crate::http::{App, Feed, RateLimiter, build_router, serve_http};
use crate::live::Live;
use crate::ops::clock;
use crate::ops::descriptors::{agent_share, raise_limit};
use crate::ops::tls::Certificate;
use crate::people::accounts;
use crate::people::accounts::{
    Passwords, SessionKeys, Throttle, ensure_first_account, load_secret_key,
};
use crate::people::audit::AuditLog;
use crate::poll::close_up::{CloseUps, Pace};
use crate::poll::fetch::{Fetcher, client_config};
use crate::poll::fill::Filler;
use crate::poll::roll::{Roll, RollThread, Sinks, Tally};
use crate::poll::roster::Roster;
use crate::upkeep::backups::Backups;
use crate::upkeep::disk_guard::DiskGuard;
use crate::upkeep::lifetime;
use crate::upkeep::recorder::Recorder;
use crate::upkeep::retention::RetentionTask;
use crate::upkeep::sealer::Sealer;
use crate::upkeep::space;
use ipnet::IpNet;
use muster_store::Store;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

/// Charts that are computed at the same time.
const CHARTS_AT_ONCE: usize = 2;
/// Of the five seconds for a shutdown, how many are for storing what was received.
const STORE_WITHIN: Duration = Duration::from_secs(2);

/// The configuration of a server.
#[derive(Clone, Debug)]
pub struct ServerOptions {
    /// The time from one poll of a computer to the next.
    pub interval: Duration,
    /// Proxies whose forwarded headers are trusted.
    pub trusted_proxies: Vec<IpNet>,
    /// Networks that the server never connects to.
    pub deny_targets: Vec<IpNet>,
    /// The path below which a proxy serves the dashboard.
    pub base_path: BasePath,
    /// The first account and the key of sessions.
    pub secrets: Secrets,
    /// Retention, size limit and backups.
    pub storage: StorageArgs,
    /// The certificate, if the server speaks TLS.
    pub tls: Option<Arc<Certificate>>,
    /// How long a browser may take for the head of a request, and keep a connection without one.
    pub head_timeout: Duration,
}

impl ServerOptions {
    /// What operators get.
    pub const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
}

/// A server that is ready to run.
pub struct Server {
    app: Arc<App>,
    listener: TcpListener,
    tls: Option<(Arc<Certificate>, TlsAcceptor)>,
    head_timeout: Duration,
    stop: watch::Sender<bool>,
}

impl Server {
    /// Assembles a server: loads the stored state, and creates the first account and the session key if they are
    /// missing.
    ///
    /// # Errors
    /// The database cannot be read or written, or the system provides no random bytes.
    pub async fn new(
        listener: TcpListener,
        store: Arc<dyn Store>,
        options: ServerOptions,
    ) -> anyhow::Result<Self> {
        let tls = options.tls.map(|certificate| {
            let acceptor = certificate.acceptor()?;
            Ok::<_, anyhow::Error>((certificate, acceptor))
        });
        let tls = tls.transpose()?;
        let passwords = Passwords::new()?;
        ensure_first_account(store.as_ref(), &passwords, &options.secrets).await?;
        let secret = load_secret_key(options.secrets.secret_key.as_deref(), store.as_ref()).await?;
        let live = Arc::new(Live::default());
        let roster = Arc::new(Roster::new(store.clone(), live.clone()));
        roster.refresh().await?;
        live.restore(store.latest().await?, store.processes().await?);
        let disk_guard = Arc::new(DiskGuard::new(store.clone()));
        let recorder = Arc::new(Recorder::new(store.clone(), disk_guard.clone()));
        let interval = options.interval;
        lifetime::record_server_start(store.as_ref(), &recorder, &live, interval).await?;
        let (stop, stopping) = watch::channel(false);
        let retention = Arc::new(RetentionTask::new(store.clone(), &options.storage));
        let fetcher = Fetcher::new(client_config()?, options.interval);
        let fetcher = fetcher.with_denied_networks(&options.deny_targets);
        let filler = Filler::new(
            fetcher.clone(),
            store.clone(),
            live.clone(),
            recorder.clone(),
            interval,
        );
        let close_ups = CloseUps::new(
            fetcher.clone(),
            live.clone(),
            roster.subscribe(),
            stopping.clone(),
            Pace::default(),
        );
        let is_root = options.base_path.is_root();
        let app = App {
            recorder,
            backups: Arc::new(Backups::new(
                store.clone(),
                disk_guard.clone(),
                &options.storage,
            )),
            disk_guard,
            sealer: Arc::new(Sealer::new(store.clone(), retention.clone())),
            retention,
            tally: Arc::new(Tally::default()),
            session_keys: SessionKeys::new(&secret)?,
            throttle: Throttle::default(),
            audit: AuditLog::new(store.clone()),
            test_limiter: RateLimiter::default(),
            charts: Arc::new(Semaphore::new(CHARTS_AT_ONCE)),
            feed: Arc::new(Feed::new(options.interval)?),
            close_ups: Arc::new(close_ups),
            filler: Arc::new(filler),
            fetcher,
            interval: options.interval,
            trusted_proxies: options.trusted_proxies,
            base_path: options.base_path,
            // With a base path, a proxy forwards the requests, and they may come from anywhere.
            loopback_only: listener.local_addr()?.ip().is_loopback() && is_root,
            session_ends: watch::Sender::new(0),
            store,
            live,
            roster,
            passwords,
            stopping,
        };
        Ok(Self {
            app: Arc::new(app),
            listener,
            tls,
            head_timeout: options.head_timeout,
            stop,
        })
    }

    /// The state shared by all handlers.
    #[must_use]
    pub fn app(&self) -> &Arc<App> {
        &self.app
    }

    /// Runs until `shutdown` completes; then stores everything received and stops within seconds.
    ///
    /// # Errors
    /// The system cannot start the roll's thread.
    pub async fn run(self, shutdown: impl Future<Output = ()>) -> anyhow::Result<()> {
        let app = self.app;
        let rolling = RollThread::spawn(
            build_roll(&app),
            app.roster.subscribe(),
            app.stopping.clone(),
        )?;
        let mut background = JoinSet::new();
        spawn_background_tasks(&mut background, &app);
        let (recorder, stopping) = (app.recorder.clone(), app.stopping.clone());
        let recording = tokio::spawn(async move { recorder.run_until_stopped(stopping).await });
        let stop = self.stop;
        let acceptor = self.tls.map(|(certificate, acceptor)| {
            background.spawn(async move { certificate.run_forever().await });
            acceptor
        });
        serve_http(
            self.listener,
            acceptor,
            build_router(app.clone()),
            app.base_path.clone(),
            self.head_timeout,
            async {
                shutdown.await;
                stop.send_replace(true);
            },
        )
        .await;
        rolling.wait_until_stopped().await;
        background.shutdown().await;
        let storing = async {
            let _ = recording.await;
            store_remaining(&app).await;
        };
        if tokio::time::timeout(STORE_WITHIN, storing).await.is_err()
            || app.recorder.waiting_count() > 0
        {
            let samples = app.recorder.waiting_count();
            tracing::error!(
                samples,
                "cannot write the database; the waiting samples are lost"
            );
        }
        Ok(())
    }
}

fn build_roll(app: &App) -> Roll {
    let sinks = Sinks {
        live: app.live.clone(),
        recorder: app.recorder.clone(),
        filler: app.filler.clone(),
        tally: app.tally.clone(),
    };
    let connections = agent_share(raise_limit());
    Roll::new(app.fetcher.clone(), sinks, app.interval).with_max_connections(connections)
}

/// Spawns everything that runs periodically beside the roll.
fn spawn_background_tasks(background: &mut JoinSet<()>, app: &Arc<App>) {
    let filler = app.filler.clone();
    background.spawn(async move { filler.run_forever().await });
    let sealer = app.sealer.clone();
    background.spawn(async move { sealer.run_forever().await });
    let retention = app.retention.clone();
    background.spawn(async move { retention.run_forever().await });
    background.spawn(space::run_forever(app.store.clone()));
    let backups = app.backups.clone();
    background.spawn(async move { backups.run_forever().await });
    let forecaster = Forecaster::new(app.store.clone(), app.live.clone());
    background.spawn(async move { forecaster.run_forever().await });
    let roster = app.roster.clone();
    background.spawn(async move { roster.run_forever().await });
    background.spawn(app.feed.clone().run_forever(app.live.clone()));
    let logging = app.clone();
    background.spawn(async move { logging.audit.run_forever(&logging.retention).await });
    let noting = app.clone();
    background.spawn(async move { record_heartbeats(&noting).await });
    let store = app.store.clone();
    background.spawn(async move { delete_idle_sessions(store.as_ref()).await });
}

/// Records a heartbeat each minute and the state of all computers every few minutes. With ten thousand computers the
/// states fill a thousand pages. After a crash, they can be restored from the samples and the agents.
async fn record_heartbeats(app: &App) {
    const EVERY: Duration = Duration::from_secs(60);
    const STATES_EACH: u32 = 5;
    for minute in (1..=STATES_EACH).cycle() {
        tokio::time::sleep(EVERY).await;
        let is_time = minute == STATES_EACH;
        let states = is_time.then(|| app.live.take_unstored());
        for state in states.into_iter().flatten() {
            app.recorder.enqueue_state(state);
        }
        lifetime::record_heartbeat(app.store.as_ref()).await;
    }
}

async fn delete_idle_sessions(store: &dyn Store) {
    const EVERY: Duration = Duration::from_secs(60 * 60);
    loop {
        let before_ms = clock::now_ms() - accounts::IDLE_MS;
        if let Err(error) = store.end_idle_sessions(before_ms).await {
            tracing::warn!(%error, "cannot delete idle sessions yet");
        }
        tokio::time::sleep(EVERY).await;
    }
}

async fn store_remaining(app: &App) {
    let computers = app.live.all();
    for latest in &computers {
        app.recorder.enqueue_state(latest.state.clone());
    }
    app.recorder
        .enqueue_event(lifetime::server_stopped(app.interval));
    // Stores even if the disk is nearly full: the reserve is for cases like this.
    app.recorder.flush().await;
    app.audit.record_failure_sums(true).await;
    let processes: Vec<_> = computers
        .iter()
        .filter(|latest| !latest.processes.is_empty())
        .map(|latest| (latest.id, latest.processes.iter().collect()))
        .collect();
    if let Err(error) = app
        .store
        .replace_processes(&processes, clock::now_ms())
        .await
    {
        tracing::warn!(%error, "cannot store the latest processes");
    }
}
