//! All agents behind a listener a port.
//!
//! HTTP is spoken here and not by hyper, whose connections take some 20 kB each and whose answers are always
//! well-formed: of ten thousand agents most are silent at any moment, and a share of them may have to answer badly.

mod answer;
mod badly;
mod request;

use crate::TOKEN;
use crate::descriptors::{Crowd, raise_limit};
use crate::fleet::Fleet;
use anyhow::Context as _;
use muster_swarm::address;
use muster_swarm::computer::{Computer, now_ms};
use muster_swarm::fault::{Fault, Faults, Faulty};
use muster_swarm::kept::Kept;
use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

/// Connections that wait to be accepted: a whole fleet may connect at once, when a server starts.
const BACKLOG: u32 = 4_096;
/// How long a TLS handshake may take.
const MAX_HANDSHAKE: Duration = Duration::from_secs(10);

/// A connection, in whichever way it speaks.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// What all connections share.
struct Served {
    computers: Vec<Computer>,
    faults: Faults,
    ports: u16,
    tls: Option<TlsAcceptor>,
    crowd: Crowd,
}

pub async fn serve(fleet: &Fleet, series: u32, keep_each_s: Option<u32>) -> anyhow::Result<()> {
    let crowd = Crowd::within(raise_limit());
    let identity = fleet.identity()?;
    let listeners = listen(fleet)?;
    let kept = keep_each_s.map(|seconds| Kept {
        each_ms: u64::from(seconds) * 1000,
        since_ms: now_ms(),
    });
    let faults = fleet.faults();
    let computers = (0..fleet.agents).map(|number| {
        let ahead_ms = faults.of(number).map_or(0, Faulty::clock_ahead_ms);
        Computer::new(number, series, kept).with_clock_ahead(ahead_ms)
    });
    let served = Arc::new(Served {
        computers: computers.collect(),
        faults: faults.clone(),
        ports: fleet.ports,
        tls: identity.map(|identity| TlsAcceptor::from(Arc::clone(identity.config()))),
        crowd,
    });
    println!("{}", begin_line(fleet, listeners[0].local_addr()?.port()));
    let mut accepting = tokio::task::JoinSet::new();
    for (port, listener) in (0..).zip(listeners) {
        accepting.spawn(accept(listener, port, Arc::clone(&served)));
    }
    accepting.join_all().await;
    Ok(())
}

fn begin_line(fleet: &Fleet, port: u16) -> String {
    let (first, last) = (fleet.address(0), fleet.address(fleet.agents - 1));
    let ports = match fleet.ports {
        1 => format!("port {port}"),
        count => format!("ports {port} to {}", port + (count - 1)),
    };
    let faulty = match fleet.faults().count(fleet.agents) {
        0 => String::new(),
        count => format!(", {count} of them faulty"),
    };
    let tls = if fleet.tls { ", TLS" } else { "" };
    format!(
        "{} agents from {first} to {last}, {ports}, token {TOKEN}{faulty}{tls}",
        fleet.agents
    )
}

/// Listens on all ports. 127.0.0.0/8 is reached from this machine alone, and a connection to another address is
/// closed.
fn listen(fleet: &Fleet) -> anyhow::Result<Vec<TcpListener>> {
    anyhow::ensure!(
        fleet.ports == 1 || fleet.port != 0,
        "--ports wants a --port to begin with, and not any"
    );
    let last = fleet.port.checked_add(fleet.ports - 1);
    let last =
        last.context("there are not so many ports: choose a lower --port or fewer --ports")?;
    (fleet.port..=last).map(listen_on).collect()
}

fn listen_on(port: u16) -> anyhow::Result<TcpListener> {
    let listen = || {
        let socket = TcpSocket::new_v4()?;
        socket.set_reuseaddr(true)?;
        socket.bind(SocketAddr::from((Ipv4Addr::UNSPECIFIED, port)))?;
        socket.listen(BACKLOG)
    };
    listen().map_err(|error| match error.kind() {
        ErrorKind::AddrInUse | ErrorKind::PermissionDenied => {
            anyhow::anyhow!("cannot listen on port {port}: {error}; choose another with --port")
        }
        _ => anyhow::anyhow!("cannot listen on port {port}: {error}"),
    })
}

async fn accept(listener: TcpListener, port: u16, served: Arc<Served>) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(converse(stream, port, Arc::clone(&served)));
            }
            // Out of descriptors: some are given back in a moment.
            Err(_) => sleep(Duration::from_millis(50)).await,
        }
    }
}

async fn converse(stream: TcpStream, port: u16, served: Arc<Served>) {
    let Some(number) = number_of(&stream, port, served.ports) else {
        return;
    };
    let computer = usize::try_from(number).ok();
    let Some(computer) = computer.and_then(|number| served.computers.get(number)) else {
        return;
    };
    let _place = served.crowd.enter();
    let _ = stream.set_nodelay(true);
    let faulty = served.faults.of(number);
    match faulty.map(|faulty| faulty.fault) {
        Some(Fault::Refusing) => {
            let _ = stream.set_zero_linger();
            return;
        }
        Some(Fault::Dead) => return badly::hold(stream).await,
        _ => {}
    }
    match &served.tls {
        None => answer_all(stream, computer, faulty, &served.crowd).await,
        Some(tls) => {
            if let Ok(Ok(stream)) = timeout(MAX_HANDSHAKE, tls.accept(stream)).await {
                answer_all(stream, computer, faulty, &served.crowd).await;
            }
        }
    }
}

fn number_of(stream: &TcpStream, port: u16, ports: u16) -> Option<u32> {
    match stream.local_addr().ok()?.ip() {
        IpAddr::V4(address) if address.is_loopback() => address::number(address, port, ports),
        _ => None,
    }
}

/// Answers what is asked over a connection until one side ends it.
async fn answer_all(
    mut stream: impl Stream,
    computer: &Computer,
    faulty: Option<Faulty>,
    crowd: &Crowd,
) {
    let mut received = Vec::new();
    while let Some(request) = request::next(&mut stream, &mut received).await {
        let keeps = request.keeps && crowd.has_room();
        let answer = answer::answer(&request, computer, keeps);
        let sent = match faulty {
            None => send(&mut stream, &answer).await.is_ok(),
            // On the heap, so that a healthy connection is not as large as a faulty one.
            Some(faulty) => Box::pin(badly::answer(&mut stream, faulty, &answer)).await,
        };
        if !sent || !keeps {
            break;
        }
    }
    let _ = stream.shutdown().await;
}

async fn send(stream: &mut impl Stream, bytes: &[u8]) -> std::io::Result<()> {
    stream.write_all(bytes).await?;
    stream.flush().await
}
