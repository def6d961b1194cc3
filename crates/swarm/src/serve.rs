//! Serves all agents, with one listener per port.
//!
//! This file speaks HTTP itself instead of using hyper: a hyper connection takes some 20 kB, and most of ten
//! thousand connections are idle at any moment. Faulty agents must also send malformed answers, which hyper cannot.

mod answer;
mod faulty;
mod request;

use crate::TOKEN;
use crate::descriptors::{ConnectionLimit, raise_descriptor_limit};
use crate::fleet::Fleet;
use anyhow::Context as _;
use muster_swarm::address;
use muster_swarm::computer::{Computer, now_ms};
use muster_swarm::fault::{Fault, Faults, Faulty};
use muster_swarm::readings::ReadingSchedule;
use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

/// Length of the accept queue: a server that starts may connect to the whole fleet at once.
const BACKLOG: u32 = 4_096;
/// Time limit of a TLS handshake.
const MAX_HANDSHAKE: Duration = Duration::from_secs(10);

/// A connection, with or without TLS.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// The state that all connections share.
struct SharedFleet {
    computers: Vec<Computer>,
    faults: Faults,
    ports: u16,
    tls: Option<TlsAcceptor>,
    connections: ConnectionLimit,
}

pub async fn serve_fleet(
    fleet: &Fleet,
    series: u32,
    keep_each_s: Option<u32>,
) -> anyhow::Result<()> {
    let connections = ConnectionLimit::for_descriptors(raise_descriptor_limit());
    let identity = fleet.load_identity()?;
    let listeners = listen(fleet)?;
    let schedule = keep_each_s.map(|seconds| ReadingSchedule {
        interval_ms: u64::from(seconds) * 1000,
        since_ms: now_ms(),
    });
    let faults = fleet.faults();
    let computers = (0..fleet.agents).map(|number| {
        let ahead_ms = faults.fault_of(number).map_or(0, Faulty::clock_ahead_ms);
        Computer::new(number, series, schedule).with_clock_ahead(ahead_ms)
    });
    let shared = Arc::new(SharedFleet {
        computers: computers.collect(),
        faults: faults.clone(),
        ports: fleet.ports,
        tls: identity.map(|identity| TlsAcceptor::from(Arc::clone(identity.config()))),
        connections,
    });
    println!("{}", begin_line(fleet, listeners[0].local_addr()?.port()));
    let mut accepting = tokio::task::JoinSet::new();
    for (port, listener) in (0..).zip(listeners) {
        accepting.spawn(accept(listener, port, Arc::clone(&shared)));
    }
    accepting.join_all().await;
    Ok(())
}

fn begin_line(fleet: &Fleet, port: u16) -> String {
    let (first, last) = (fleet.address_of(0), fleet.address_of(fleet.agents - 1));
    let ports = match fleet.ports {
        1 => format!("port {port}"),
        count => format!("ports {port} to {}", port + (count - 1)),
    };
    let faulty = match fleet.faults().count_faulty(fleet.agents) {
        0 => String::new(),
        count => format!(", {count} of them faulty"),
    };
    let tls = if fleet.tls { ", TLS" } else { "" };
    format!(
        "{} agents from {first} to {last}, {ports}, token {TOKEN}{faulty}{tls}",
        fleet.agents
    )
}

/// Listens on all ports. Connections to addresses outside 127.0.0.0/8 are closed, so only this machine can connect.
fn listen(fleet: &Fleet) -> anyhow::Result<Vec<TcpListener>> {
    anyhow::ensure!(
        fleet.ports == 1 || fleet.port != 0,
        "--ports needs a fixed --port to start from"
    );
    let last = fleet.port.checked_add(fleet.ports - 1);
    let last = last.context("the ports exceed 65535: choose a lower --port or fewer --ports")?;
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

async fn accept(listener: TcpListener, port: u16, shared: Arc<SharedFleet>) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(converse(stream, port, Arc::clone(&shared)));
            }
            // Out of descriptors: try again when some connections have ended.
            Err(_) => sleep(Duration::from_millis(50)).await,
        }
    }
}

async fn converse(stream: TcpStream, port: u16, shared: Arc<SharedFleet>) {
    let Some(number) = number_of(&stream, port, shared.ports) else {
        return;
    };
    let computer = usize::try_from(number).ok();
    let Some(computer) = computer.and_then(|number| shared.computers.get(number)) else {
        return;
    };
    let _guard = shared.connections.open();
    let _ = stream.set_nodelay(true);
    let faulty = shared.faults.fault_of(number);
    match faulty.map(|faulty| faulty.fault) {
        Some(Fault::Refusing) => {
            let _ = stream.set_zero_linger();
            return;
        }
        Some(Fault::Dead) => return faulty::hold_open(stream).await,
        _ => {}
    }
    match &shared.tls {
        None => answer_all(stream, computer, faulty, &shared.connections).await,
        Some(tls) => {
            if let Ok(Ok(stream)) = timeout(MAX_HANDSHAKE, tls.accept(stream)).await {
                answer_all(stream, computer, faulty, &shared.connections).await;
            }
        }
    }
}

fn number_of(stream: &TcpStream, port: u16, ports: u16) -> Option<u32> {
    match stream.local_addr().ok()?.ip() {
        IpAddr::V4(address) if address.is_loopback() => address::number_at(address, port, ports),
        _ => None,
    }
}

/// Answers the requests of a connection until one side closes it.
async fn answer_all(
    mut stream: impl Stream,
    computer: &Computer,
    faulty: Option<Faulty>,
    connections: &ConnectionLimit,
) {
    let mut received = Vec::new();
    while let Some(request) = request::next_request(&mut stream, &mut received).await {
        let keep_alive = request.keep_alive && connections.has_spare();
        let answer = answer::build_answer(&request, computer, keep_alive);
        let sent = match faulty {
            None => send(&mut stream, &answer).await.is_ok(),
            // On the heap, to keep the future of a healthy connection small.
            Some(faulty) => {
                Box::pin(faulty::send_faulty_answer(&mut stream, faulty, &answer)).await
            }
        };
        if !sent || !keep_alive {
            break;
        }
    }
    let _ = stream.shutdown().await;
}

async fn send(stream: &mut impl Stream, bytes: &[u8]) -> std::io::Result<()> {
    stream.write_all(bytes).await?;
    stream.flush().await
}
