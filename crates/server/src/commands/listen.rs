//! Opens the dashboard's port, with helpful errors.

use super::healthcheck::is_muster;
use anyhow::{anyhow, bail};
use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use tokio::net::TcpListener;

/// Opens the port.
///
/// # Errors
/// A sentence that says why not, and what to do.
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
            "port {port} is reserved by the system or another program: choose another port with --listen"
        ),
        ErrorKind::PermissionDenied => bail!(
            "this user may not listen on port {port}: choose a port above 1023 with --listen, or put a proxy in front"
        ),
        ErrorKind::AddrNotAvailable => bail!(
            "this computer does not have the address {}: --listen 0.0.0.0:{port} listens on all its addresses",
            address.ip()
        ),
        _ => Err(anyhow!(error).context(format!("cannot listen on {address}"))),
    }
}

/// The URL of the dashboard for a browser on this computer.
pub fn dashboard_url(scheme: &str, address: SocketAddr) -> String {
    let host = match address.ip() {
        ip if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        ip => ip,
    };
    format!("{scheme}://{}/", SocketAddr::new(host, address.port()))
}
