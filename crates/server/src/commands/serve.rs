//! `muster serve`: the server, until it is told to stop.

use super::listen::{dashboard_url, listen};
use crate::config::{BasePath, Secrets, ServeArgs};
use crate::http::meanwhile;
use crate::ops::tls::Certificate;
use crate::server::{Server, ServerOptions};
use muster_store::sqlite::{Missing, SqliteStore};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

/// Of the five seconds in which the server stops, those after everything is stored.
const CLOSE_WITHIN: Duration = Duration::from_millis(500);

/// Runs the server.
pub async fn serve(path: &Path, args: ServeArgs) -> anyhow::Result<()> {
    // The port first: what is wrong with it is known before the database is touched.
    let listener = listen(args.listen).await?;
    let running = Running::start(path, listener, args).await?;
    // Before anybody is told: whoever reads the address may stop the server at once.
    let stop = stop_signal()?;
    running.announce();
    running.until(stop).await
}

/// A server with its database open.
pub struct Running {
    server: Server,
    store: SqliteStore,
    address: std::net::SocketAddr,
    scheme: &'static str,
    base_path: BasePath,
    _claim: muster_store::sqlite::Claim,
}

impl Running {
    /// Opens the database and puts the server together.
    pub async fn start(
        path: &Path,
        listener: TcpListener,
        args: ServeArgs,
    ) -> anyhow::Result<Self> {
        let address = listener.local_addr()?;
        let tls = match (&args.tls.tls_cert, &args.tls.tls_key) {
            (Some(certificate), Some(key)) => Some(Certificate::load(certificate, key)?),
            _ => None,
        };
        let scheme = if tls.is_some() { "https" } else { "http" };
        let claim = SqliteStore::claim(path)?;
        let store = meanwhile(&listener, SqliteStore::open(path, Missing::Create)).await?;
        let options = ServerOptions {
            interval: args.roll.interval(),
            trusted_proxies: args.trusted_proxy,
            deny_targets: args.deny_targets,
            base_path: args.base_path.clone(),
            secrets: Secrets::from_environment()?,
            storage: args.storage,
            tls,
            head_timeout: ServerOptions::HEAD_TIMEOUT,
        };
        Ok(Self {
            server: Server::new(listener, Arc::new(store.clone()), options).await?,
            store,
            address,
            scheme,
            base_path: args.base_path,
            _claim: claim,
        })
    }

    /// The database.
    pub fn store(&self) -> &SqliteStore {
        &self.store
    }

    /// Where a browser on this computer finds it.
    pub fn url(&self) -> String {
        let url = dashboard_url(self.scheme, self.address);
        format!("{}{}", url.trim_end_matches('/'), self.base_path.with("/"))
    }

    /// Says where it is, on standard output, for people and for scripts.
    pub fn announce(&self) {
        say!("Dashboard: {}", self.url());
        say!("Database: {}", self.store.path().display());
        if !self.address.ip().is_loopback() {
            let host = gethostname::gethostname();
            let port = self.address.port();
            say!(
                "From other computers: {}://{}:{port}{}",
                self.scheme,
                host.to_string_lossy(),
                self.base_path.with("/")
            );
        }
    }

    /// Runs until `shutdown` is done.
    pub async fn until(self, shutdown: impl Future<Output = ()>) -> anyhow::Result<()> {
        self.server.run(shutdown).await?;
        // Where another program holds the database, the log is folded in at the next start.
        if tokio::time::timeout(CLOSE_WITHIN, self.store.close())
            .await
            .is_err()
        {
            tracing::warn!("the database is held by another program; stopped without closing it");
        }
        tracing::info!("stopped");
        Ok(())
    }
}

/// SIGINT and SIGTERM.
#[cfg(unix)]
pub fn stop_signal() -> anyhow::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("stopping");
    })
}

/// Ctrl-C and Ctrl-Break, a window that is closed, a computer that shuts down.
#[cfg(windows)]
pub fn stop_signal() -> anyhow::Result<impl Future<Output = ()>> {
    use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close, ctrl_shutdown};
    let (mut interrupted, mut broken) = (ctrl_c()?, ctrl_break()?);
    let (mut closed, mut shut_down) = (ctrl_close()?, ctrl_shutdown()?);
    Ok(async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = broken.recv() => {}
            _ = closed.recv() => {}
            _ = shut_down.recv() => {}
        }
        tracing::info!("stopping");
    })
}
