//! Asking over HTTP, once or again and again over one connection.

use anyhow::Context as _;
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Bytes;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::{Request, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// Asks once, over a connection of its own.
pub async fn get(url: &str, token: Option<&str>) -> anyhow::Result<String> {
    let uri: Uri = url.parse()?;
    let mut connection = connect(&uri).await?;
    let body = ask(&mut connection, &uri, token).await?;
    Ok(String::from_utf8_lossy(&body).into_owned())
}

pub async fn connect(uri: &Uri) -> anyhow::Result<SendRequest<Empty<Bytes>>> {
    let authority = uri.authority().context("the URL has no host")?;
    let stream = TcpStream::connect((authority.host(), authority.port_u16().unwrap_or(80))).await?;
    stream.set_nodelay(true)?;
    let (sender, driver) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(driver);
    Ok(sender)
}

pub async fn ask(
    connection: &mut SendRequest<Empty<Bytes>>,
    uri: &Uri,
    token: Option<&str>,
) -> anyhow::Result<Bytes> {
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let mut request = Request::get(path).header("host", "bench");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    connection.ready().await?;
    let response = connection.send_request(request.body(Empty::new())?).await?;
    anyhow::ensure!(
        response.status() == StatusCode::OK,
        "answered {}",
        response.status()
    );
    Ok(response.into_body().collect().await?.to_bytes())
}
