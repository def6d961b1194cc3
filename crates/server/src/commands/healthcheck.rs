//! `muster healthcheck`: asks a running server whether it is ready, for containers without other programs.

use crate::ops::tls::read_fingerprint;
use crate::poll::address::Fingerprint;
use crate::poll::fetch::pinned_config;
use anyhow::{Context as _, bail};
use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body_util::{BodyExt, Empty};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

const PATIENCE: Duration = Duration::from_secs(2);
/// Size limit of an answer, in bytes.
const MAX_ANSWER: usize = 4096;

/// Prints the health of the server at `address`, whose certificate is in `tls_cert`. Fails if it is not ready.
pub async fn healthcheck(address: SocketAddr, tls_cert: Option<&Path>) -> anyhow::Result<()> {
    let pin = tls_cert.map(read_fingerprint).transpose()?;
    let asked = tokio::time::timeout(PATIENCE, fetch_health(address, pin)).await;
    let (status, body) = asked
        .ok()
        .flatten()
        .with_context(|| format!("no Muster server answers at {address}"))?;
    match status {
        StatusCode::OK => say!("{body}"),
        StatusCode::BAD_REQUEST if pin.is_none() => {
            bail!("the server at {address} uses TLS: pass its certificate with --tls-cert")
        }
        _ => bail!("the server at {address} is not ready: {body}"),
    }
    Ok(())
}

/// Whether a Muster server listens at `address`.
pub async fn is_muster(address: SocketAddr) -> bool {
    let asked = tokio::time::timeout(PATIENCE, fetch_health(address, None)).await;
    matches!(asked, Ok(Some((_, body))) if body.contains("muster"))
}

/// Requests `/healthz` from a server on this computer.
async fn fetch_health(
    address: SocketAddr,
    pin: Option<Fingerprint>,
) -> Option<(StatusCode, String)> {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    let stream = TcpStream::connect(SocketAddr::new(ip, address.port()))
        .await
        .ok()?;
    match pin {
        None => get_healthz(stream).await,
        Some(pin) => {
            let tls = TlsConnector::from(pinned_config(pin).ok()?);
            let name = ServerName::try_from("localhost").ok()?;
            get_healthz(tls.connect(name, stream).await.ok()?).await
        }
    }
}

async fn get_healthz(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
) -> Option<(StatusCode, String)> {
    let (mut sender, driver) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .ok()?;
    tokio::spawn(driver);
    let request = Request::get("/healthz")
        .header(header::HOST, "localhost")
        .body(Empty::<Bytes>::new());
    let response = sender.send_request(request.ok()?).await.ok()?;
    let status = response.status();
    let body = http_body_util::Limited::new(response.into_body(), MAX_ANSWER)
        .collect()
        .await
        .ok()?;
    let body = String::from_utf8(body.to_bytes().to_vec()).ok()?;
    Some((status, body))
}
