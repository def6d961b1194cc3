//! HTTP requests, over a new connection or a kept one.

use anyhow::Context as _;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE, COOKIE, HOST};
use hyper::http::request::Builder;
use hyper::{Request, Response, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// A connection for any number of requests.
pub type Connection = SendRequest<Full<Bytes>>;

/// How a request authenticates.
#[derive(Clone, Copy, Debug)]
pub enum Credentials<'a> {
    /// It does not.
    None,
    /// With the token of an agent.
    Token(&'a str),
    /// With the session cookie of a server.
    Session(&'a str),
}

impl Credentials<'_> {
    fn add_to(self, request: Builder) -> Builder {
        match self {
            Self::None => request,
            Self::Token(token) => request.header(AUTHORIZATION, format!("Bearer {token}")),
            Self::Session(cookie) => request.header(COOKIE, cookie),
        }
    }
}

/// Fetches a URL as text over a new connection.
pub async fn get_text(url: &str, credentials: Credentials<'_>) -> anyhow::Result<String> {
    let uri: Uri = url.parse()?;
    let mut connection = connect(&uri).await?;
    let body = fetch(&mut connection, &uri, credentials).await?;
    Ok(String::from_utf8_lossy(&body).into_owned())
}

pub async fn connect(uri: &Uri) -> anyhow::Result<Connection> {
    let authority = uri.authority().context("the URL has no host")?;
    let stream = TcpStream::connect((authority.host(), authority.port_u16().unwrap_or(80))).await?;
    stream.set_nodelay(true)?;
    let (sender, driver) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(driver);
    Ok(sender)
}

pub async fn fetch(
    connection: &mut Connection,
    uri: &Uri,
    credentials: Credentials<'_>,
) -> anyhow::Result<Bytes> {
    read_body(open_body(connection, credentials.add_to(Request::get(path(uri)))).await?).await
}

/// Fetches a body compressed with gzip, as a browser does, and does not decompress it.
pub async fn fetch_gzip(
    connection: &mut Connection,
    uri: &Uri,
    credentials: Credentials<'_>,
) -> anyhow::Result<Bytes> {
    read_body(open_gzip_stream(connection, uri, credentials).await?).await
}

/// Opens an endless response compressed with gzip, as a browser does.
pub async fn open_gzip_stream(
    connection: &mut Connection,
    uri: &Uri,
    credentials: Credentials<'_>,
) -> anyhow::Result<Incoming> {
    let request = Request::get(path(uri)).header(ACCEPT_ENCODING, "gzip");
    open_body(connection, credentials.add_to(request)).await
}

async fn open_body(connection: &mut Connection, request: Builder) -> anyhow::Result<Incoming> {
    let response = send(connection, request, Bytes::new()).await?;
    anyhow::ensure!(
        response.status() == StatusCode::OK,
        "answered {}",
        response.status()
    );
    Ok(response.into_body())
}

async fn read_body(body: Incoming) -> anyhow::Result<Bytes> {
    Ok(body.collect().await?.to_bytes())
}

/// Posts a body and returns the response, whatever its status.
pub async fn post_body(
    connection: &mut Connection,
    uri: &Uri,
    kind: &str,
    body: Bytes,
) -> anyhow::Result<Response<Incoming>> {
    let request = Request::post(path(uri)).header(CONTENT_TYPE, kind);
    send(connection, request, body).await
}

async fn send(
    connection: &mut Connection,
    request: Builder,
    body: Bytes,
) -> anyhow::Result<Response<Incoming>> {
    connection.ready().await?;
    let request = request.header(HOST, "bench").body(Full::new(body))?;
    Ok(connection.send_request(request).await?)
}

fn path(uri: &Uri) -> &str {
    uri.path_and_query().map_or("/", |path| path.as_str())
}
