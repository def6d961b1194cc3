//! All agents behind one listener.

use crate::{Fleet, TOKEN, exposition};
use anyhow::Context as _;
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use muster_swarm::address;
use muster_swarm::computer::{Computer, now_ms};
use muster_swarm::kept::{Kept, history};
use muster_wire::SystemInfo;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};

pub async fn serve(fleet: &Fleet, series: u32, keep_each_s: Option<u32>) -> anyhow::Result<()> {
    // 127.0.0.0/8 is reached from this machine alone, and a connection to another address is closed.
    let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, fleet.port))
        .await
        .with_context(|| {
            format!(
                "cannot listen on port {}: choose another with --port",
                fleet.port
            )
        })?;
    let (first, last) = (address::of(0), address::of(fleet.agents - 1));
    println!(
        "{} agents from {first} to {last}, port {}, token {TOKEN}",
        fleet.agents,
        listener.local_addr()?.port()
    );
    let kept = keep_each_s.map(|seconds| Kept {
        each_ms: u64::from(seconds) * 1000,
        since_ms: now_ms(),
    });
    let computers: Arc<[Computer]> = (0..fleet.agents)
        .map(|number| Computer::new(number, series, kept))
        .collect();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(converse(stream, computers.clone()));
            }
            // Out of descriptors: some are given back in a moment.
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

async fn converse(stream: TcpStream, computers: Arc<[Computer]>) {
    let number = match stream.local_addr().map(|address| address.ip()) {
        Ok(IpAddr::V4(address)) if address.is_loopback() => address::number(address),
        _ => None,
    };
    if number.is_none_or(|number| number >= computers.len()) {
        return;
    }
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| {
        let computer = number.and_then(|number| computers.get(number));
        let response = answer(&request, computer);
        async move { Ok::<_, Infallible>(response) }
    });
    // How a server ends a connection is its own affair.
    let _ = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

fn answer(request: &Request<Incoming>, computer: Option<&Computer>) -> Response<Full<Bytes>> {
    let expected = format!("Bearer {TOKEN}");
    let token = request
        .headers()
        .get(AUTHORIZATION)
        .map(|value| value.as_bytes());
    let Some(computer) = computer.filter(|_| token == Some(expected.as_bytes())) else {
        return reply(
            StatusCode::UNAUTHORIZED,
            r#"{"detail":"Unauthorized"}"#.into(),
        );
    };
    if request.uri().path() == "/metrics" {
        return exposition::answer(computer);
    }
    if request.uri().path() != "/systeminfo" {
        return reply(StatusCode::NOT_FOUND, r#"{"detail":"Not Found"}"#.into());
    }
    let query = request.uri().query().unwrap_or_default();
    match serde_json::to_vec(&read(computer, query)) {
        Ok(body) => reply(StatusCode::OK, body),
        Err(error) => reply(StatusCode::INTERNAL_SERVER_ERROR, error.to_string().into()),
    }
}

/// A reading of now, and those before it where they are asked for.
fn read(computer: &Computer, query: &str) -> SystemInfo {
    let now_ms = now_ms();
    let mut info = computer.read(now_ms, !query.contains("processes=0"));
    let since = query
        .split('&')
        .find_map(|pair| pair.strip_prefix("since="));
    if let (Some(kept), Some(cursor)) = (computer.kept(), since) {
        let history = history(computer, kept, cursor.parse().ok().as_ref(), now_ms);
        info.history = Some(Box::new(history));
    }
    info
}

fn reply(status: StatusCode, body: Vec<u8>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    let json = hyper::header::HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}
