//! `muster serve`: runs the server until it receives a signal to stop.

use super::listen::{dashboard_url, listen};
use crate::config::{BasePath, Secrets, ServeArgs};
use crate::http::answer_while_starting;
use crate::ops::tls::Certificate;
use crate::server::{Server, ServerOptions};
use muster_store::sqlite::{Missing, SqliteStore};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

/// Of the five seconds for a shutdown, how many are for closing the database.
const CLOSE_WITHIN: Duration = Duration::from_millis(500);

/// Runs the server.
pub async fn serve(path: &Path, args: ServeArgs) -> anyhow::Result<()> {
    // Open the port first: if that fails, the database is not touched.
    let listener = listen(args.listen).await?;
    let running = Running::start(path, listener, args).await?;
    // Before printing the address: a script that reads it may send the signal immediately.
    let stop = stop_signal()?;
    running.announce();
    running.run_until(stop).await
}

/// A server and its open database.
pub struct Running {
    server: Server,
    store: SqliteStore,
    address: std::net::SocketAddr,
    scheme: &'static str,
    base_path: BasePath,
    _claim: muster_store::sqlite::Claim,
}

impl Running {
    /// Opens the database and assembles the server.
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
        let store =
            answer_while_starting(&listener, SqliteStore::open(path, Missing::Create)).await?;
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

    /// The URL of the dashboard for a browser on this computer.
    pub fn url(&self) -> String {
        let url = dashboard_url(self.scheme, self.address);
        format!("{}{}", url.trim_end_matches('/'), self.base_path.with("/"))
    }

    /// Prints the addresses on standard output, for people and scripts.
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

    /// Runs until `shutdown` completes.
    pub async fn run_until(self, shutdown: impl Future<Output = ()>) -> anyhow::Result<()> {
        self.server.run(shutdown).await?;
        // If another program holds the database, the write-ahead log is checkpointed at the next start.
        if tokio::time::timeout(CLOSE_WITHIN, self.store.close())
            .await
            .is_err()
        {
            tracing::warn!("another program holds the database; stopped without closing it");
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

/// Ctrl-C, Ctrl-Break, closing the console window, and system shutdown.
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
