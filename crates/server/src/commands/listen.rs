//! The dashboard's port, and what to say where it cannot be had.

use super::healthcheck::is_muster;
use anyhow::{anyhow, bail};
use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use tokio::net::TcpListener;

/// Listens, or says why not and what to do.
///
/// # Errors
/// A sentence.
pub async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    let error = match TcpListener::bind(address).await {
        Ok(listener) => return Ok(listener),
        Err(error) => error,
    };
    let port = address.port();
    match error.kind() {
        ErrorKind::AddrInUse if is_muster(address).await => bail!(
            "a Muster server already runs at {}: open it in a browser, stop it, or start this one elsewhere \
             with --listen {}",
            dashboard_url("http", address),
            SocketAddr::new(address.ip(), port.wrapping_add(1))
        ),
        ErrorKind::AddrInUse => bail!(
            "port {port} of {} is taken by another program: stop it, or choose another port with --listen {}",
            address.ip(),
            SocketAddr::new(address.ip(), port.wrapping_add(1))
        ),
        ErrorKind::PermissionDenied if cfg!(windows) => bail!(
            "the system or another program keeps port {port} for itself: choose another with --listen"
        ),
        ErrorKind::PermissionDenied => bail!(
            "this user may not listen on port {port}: choose one above 1023 with --listen, or put a proxy in front"
        ),
        ErrorKind::AddrNotAvailable => bail!(
            "this computer has no address {}: --listen 0.0.0.0:{port} takes all that it has",
            address.ip()
        ),
        _ => Err(anyhow!(error).context(format!("cannot listen on {address}"))),
    }
}

/// Where a browser on this computer finds the dashboard.
pub fn dashboard_url(scheme: &str, address: SocketAddr) -> String {
    let host = match address.ip() {
        ip if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        ip => ip,
    };
    format!("{scheme}://{}/", SocketAddr::new(host, address.port()))
}
