//! Asking over HTTP, once or again and again over one connection.

use anyhow::Context as _;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE, COOKIE, HOST};
use hyper::http::request::Builder;
use hyper::{Request, Response, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// A connection that is kept.
pub type Connection = SendRequest<Full<Bytes>>;

/// By what a request is let in.
#[derive(Clone, Copy, Debug)]
pub enum Pass<'a> {
    /// By nothing.
    None,
    /// An agent, by its token.
    Token(&'a str),
    /// A server, by the cookie of a session.
    Session(&'a str),
}

impl Pass<'_> {
    fn show(self, request: Builder) -> Builder {
        match self {
            Self::None => request,
            Self::Token(token) => request.header(AUTHORIZATION, format!("Bearer {token}")),
            Self::Session(cookie) => request.header(COOKIE, cookie),
        }
    }
}

/// Asks once, over a connection of its own.
pub async fn get(url: &str, pass: Pass<'_>) -> anyhow::Result<String> {
    let uri: Uri = url.parse()?;
    let mut connection = connect(&uri).await?;
    let body = ask(&mut connection, &uri, pass).await?;
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

pub async fn ask(connection: &mut Connection, uri: &Uri, pass: Pass<'_>) -> anyhow::Result<Bytes> {
    whole(open(connection, pass.show(Request::get(path(uri)))).await?).await
}

/// Asks as a browser does, which takes gzip; what comes is left as it is.
pub async fn ask_gzip(
    connection: &mut Connection,
    uri: &Uri,
    pass: Pass<'_>,
) -> anyhow::Result<Bytes> {
    whole(stream_gzip(connection, uri, pass).await?).await
}

/// Asks for what has no end, as a browser does.
pub async fn stream_gzip(
    connection: &mut Connection,
    uri: &Uri,
    pass: Pass<'_>,
) -> anyhow::Result<Incoming> {
    let request = Request::get(path(uri)).header(ACCEPT_ENCODING, "gzip");
    open(connection, pass.show(request)).await
}

async fn open(connection: &mut Connection, request: Builder) -> anyhow::Result<Incoming> {
    let response = send(connection, request, Bytes::new()).await?;
    anyhow::ensure!(
        response.status() == StatusCode::OK,
        "answered {}",
        response.status()
    );
    Ok(response.into_body())
}

async fn whole(body: Incoming) -> anyhow::Result<Bytes> {
    Ok(body.collect().await?.to_bytes())
}

/// Posts, and gives back the answer, whatever it is.
pub async fn post(
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
