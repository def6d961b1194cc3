//! A server from its parts: what is started, in the order in which data passes it, and stopped again.

use crate::config::{BasePath, Secrets, StorageArgs};
use crate::derived::forecast::Forecaster;
use crate::http::{App, Feed, Rate, router, serve};
use crate::live::Live;
use crate::ops::clock;
use crate::ops::descriptors::{for_agents, raise_limit};
use crate::ops::tls::Certificate;
use crate::people::accounts;
use crate::people::accounts::{Passwords, SessionKeys, Throttle, ensure_first_account, secret_key};
use crate::people::audit::AuditLog;
use crate::poll::close_up::{CloseUps, Pace};
use crate::poll::fetch::{Fetcher, client_config};
use crate::poll::fill::Filler;
use crate::poll::roll::{Outlets, Roll, RollThread, Tally};
use crate::poll::roster::Roster;
use crate::upkeep::backups::Backups;
use crate::upkeep::disk_guard::Room;
use crate::upkeep::lifetime;
use crate::upkeep::recorder::Recorder;
use crate::upkeep::retention::Keeper;
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

/// Charts that are read at once.
const CHARTS_AT_ONCE: usize = 2;
/// Of the five seconds in which the server stops, those in which it stores what it received.
const STORE_WITHIN: Duration = Duration::from_secs(2);

/// How a server behaves.
#[derive(Clone, Debug)]
pub struct ServerOptions {
    /// The time from one call of a computer to the next.
    pub interval: Duration,
    /// Whose forwarded headers count.
    pub trusted_proxies: Vec<IpNet>,
    /// Where it never connects to.
    pub deny_targets: Vec<IpNet>,
    /// Below which path a proxy shows it.
    pub base_path: BasePath,
    /// The first account and the key of sessions.
    pub secrets: Secrets,
    /// What is kept, in how much room, and copied where.
    pub storage: StorageArgs,
    /// With what it speaks TLS, if it does.
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
    /// Puts a server together: reads what is stored, makes what is missing.
    ///
    /// # Errors
    /// What the database said, or no randomness.
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
        let secret = secret_key(options.secrets.secret_key.as_deref(), store.as_ref()).await?;
        let live = Arc::new(Live::default());
        let roster = Arc::new(Roster::new(store.clone(), live.clone()));
        roster.refresh().await?;
        live.restore(store.latest().await?, store.processes().await?);
        lifetime::note_start(store.as_ref(), &live, options.interval).await?;
        let (stop, stopping) = watch::channel(false);
        let room = Arc::new(Room::new(store.clone()));
        let keeper = Arc::new(Keeper::new(store.clone(), &options.storage));
        let fetcher = Fetcher::new(client_config()?, options.interval);
        let fetcher = fetcher.denying(&options.deny_targets);
        let filler = Filler::new(
            fetcher.clone(),
            store.clone(),
            live.clone(),
            room.clone(),
            options.interval,
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
            recorder: Arc::new(Recorder::new(store.clone(), room.clone())),
            backups: Arc::new(Backups::new(store.clone(), room.clone(), &options.storage)),
            room,
            sealer: Arc::new(Sealer::new(store.clone(), keeper.clone())),
            keeper,
            tally: Arc::new(Tally::default()),
            session_keys: SessionKeys::new(&secret)?,
            throttle: Throttle::default(),
            audit: AuditLog::new(store.clone()),
            tests: Rate::default(),
            charts: Arc::new(Semaphore::new(CHARTS_AT_ONCE)),
            feed: Arc::new(Feed::new(options.interval)?),
            close_ups: Arc::new(close_ups),
            filler: Arc::new(filler),
            fetcher,
            interval: options.interval,
            trusted_proxies: options.trusted_proxies,
            base_path: options.base_path,
            // Below a path it is a proxy that asks, and behind that may be anybody.
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

    /// What the controllers have.
    #[must_use]
    pub fn app(&self) -> &Arc<App> {
        &self.app
    }

    /// Runs until `shutdown` is done; then stops within seconds, with everything stored that was received.
    ///
    /// # Errors
    /// The system gives the roll no thread.
    pub async fn run(self, shutdown: impl Future<Output = ()>) -> anyhow::Result<()> {
        let app = self.app;
        let rolling = RollThread::begin(roll(&app), app.roster.subscribe(), app.stopping.clone())?;
        let mut keepers = JoinSet::new();
        keep(&mut keepers, &app);
        let (recorder, stopping) = (app.recorder.clone(), app.stopping.clone());
        let recording = tokio::spawn(async move { recorder.keep(stopping).await });
        let stop = self.stop;
        let acceptor = self.tls.map(|(certificate, acceptor)| {
            keepers.spawn(async move { certificate.keep().await });
            acceptor
        });
        serve(
            self.listener,
            acceptor,
            router(app.clone()),
            app.base_path.clone(),
            self.head_timeout,
            async {
                shutdown.await;
                stop.send_replace(true);
            },
        )
        .await;
        rolling.end().await;
        keepers.shutdown().await;
        let storing = async {
            let _ = recording.await;
            finish(&app).await;
        };
        if tokio::time::timeout(STORE_WITHIN, storing).await.is_err()
            || app.recorder.waiting_count() > 0
        {
            let samples = app.recorder.waiting_count();
            tracing::error!(
                samples,
                "the database cannot be written: the samples that wait are lost"
            );
        }
        Ok(())
    }
}

fn roll(app: &App) -> Roll {
    let outlets = Outlets {
        live: app.live.clone(),
        recorder: app.recorder.clone(),
        filler: app.filler.clone(),
        tally: app.tally.clone(),
    };
    let connections = for_agents(raise_limit());
    Roll::new(app.fetcher.clone(), outlets, app.interval).opening(connections)
}

/// Everything that is done again and again beside the roll.
fn keep(keepers: &mut JoinSet<()>, app: &Arc<App>) {
    let filler = app.filler.clone();
    keepers.spawn(async move { filler.keep().await });
    let sealer = app.sealer.clone();
    keepers.spawn(async move { sealer.keep().await });
    let keeper = app.keeper.clone();
    keepers.spawn(async move { keeper.keep().await });
    keepers.spawn(space::keep(app.store.clone()));
    let backups = app.backups.clone();
    keepers.spawn(async move { backups.keep().await });
    let forecaster = Forecaster::new(app.store.clone(), app.live.clone());
    keepers.spawn(async move { forecaster.keep().await });
    let roster = app.roster.clone();
    keepers.spawn(async move { roster.keep().await });
    keepers.spawn(app.feed.clone().keep(app.live.clone()));
    let logging = app.clone();
    keepers.spawn(async move { logging.audit.keep(&logging.keeper).await });
    let noting = app.clone();
    keepers.spawn(async move { note_last_seen(&noting).await });
    let store = app.store.clone();
    keepers.spawn(async move { end_idle_sessions(store.as_ref()).await });
}

/// Each minute that the server lives; each few minutes what became of the computers. All of them fill thousand
/// pages where they are ten thousand, and what is lost when the server is killed is in the samples, or asked of
/// the agents again.
async fn note_last_seen(app: &App) {
    const EVERY: Duration = Duration::from_secs(60);
    const STATES_EACH: u32 = 5;
    for minute in (1..=STATES_EACH).cycle() {
        tokio::time::sleep(EVERY).await;
        let is_time = minute == STATES_EACH;
        let states = is_time.then(|| app.live.take_unstored());
        for state in states.into_iter().flatten() {
            app.recorder.take_state(state);
        }
        lifetime::note_alive(app.store.as_ref()).await;
    }
}

async fn end_idle_sessions(store: &dyn Store) {
    const EVERY: Duration = Duration::from_secs(60 * 60);
    loop {
        let before_ms = clock::now_ms() - accounts::IDLE_MS;
        if let Err(error) = store.end_idle_sessions(before_ms).await {
            tracing::warn!(%error, "sessions that ended cannot be deleted yet");
        }
        tokio::time::sleep(EVERY).await;
    }
}

async fn finish(app: &App) {
    let computers = app.live.all();
    for latest in &computers {
        app.recorder.take_state(latest.state.clone());
    }
    app.recorder.take_event(lifetime::stopped(app.interval));
    // Into the room that was kept free, where there is no other: it is for this.
    app.recorder.flush().await;
    app.audit.sum_up(true).await;
    let processes: Vec<_> = computers
        .iter()
        .filter(|latest| !latest.processes.is_empty())
        .map(|latest| (latest.id, latest.processes.iter().collect()))
        .collect();
    if let Err(error) = app.store.keep_processes(&processes, clock::now_ms()).await {
        tracing::warn!(%error, "the latest processes cannot be kept");
    }
}
