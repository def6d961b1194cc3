//! `muster healthcheck`: asks a running server how it is, for containers that have no other program.

use crate::ops::tls::fingerprint;
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
/// Bytes of an answer, at most.
const MAX_ANSWER: usize = 4096;

/// Says how the server at that address is, which shows that certificate; fails where it is not ready.
pub async fn healthcheck(address: SocketAddr, tls_cert: Option<&Path>) -> anyhow::Result<()> {
    let pin = tls_cert.map(fingerprint).transpose()?;
    let asked = tokio::time::timeout(PATIENCE, health(address, pin)).await;
    let (status, body) = asked
        .ok()
        .flatten()
        .with_context(|| format!("no Muster server answers at {address}"))?;
    match status {
        StatusCode::OK => say!("{body}"),
        StatusCode::BAD_REQUEST if pin.is_none() => {
            bail!("the server at {address} speaks TLS: name its certificate with --tls-cert")
        }
        _ => bail!("the server at {address} is not ready: {body}"),
    }
    Ok(())
}

/// Whether it is a Muster server that listens there.
pub async fn is_muster(address: SocketAddr) -> bool {
    let asked = tokio::time::timeout(PATIENCE, health(address, None)).await;
    matches!(asked, Ok(Some((_, body))) if body.contains("muster"))
}

/// What `/healthz` says at the port of an address that is listened on.
async fn health(address: SocketAddr, pin: Option<Fingerprint>) -> Option<(StatusCode, String)> {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    let stream = TcpStream::connect(SocketAddr::new(ip, address.port()))
        .await
        .ok()?;
    match pin {
        None => ask(stream).await,
        Some(pin) => {
            let tls = TlsConnector::from(pinned_config(pin).ok()?);
            let name = ServerName::try_from("localhost").ok()?;
            ask(tls.connect(name, stream).await.ok()?).await
        }
    }
}

async fn ask(
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
