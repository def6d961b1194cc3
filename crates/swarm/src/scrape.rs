//! Scraping an agent as a server does: over one connection that is kept.

use crate::measure::Usage;
use anyhow::Context as _;
use clap::Args;
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Bytes;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::{Request, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// Which agent, and how often.
#[derive(Args)]
pub struct ScrapeArgs {
    /// The agent's address, like http://127.0.0.1:8000
    #[arg(long)]
    url: String,
    /// Its token
    #[arg(long)]
    token: String,
    /// Its process
    #[arg(long)]
    pid: u32,
    /// How often
    #[arg(long, default_value = "2000")]
    count: u64,
    /// Leave out the processes
    #[arg(long)]
    no_processes: bool,
}

pub async fn scrape(args: &ScrapeArgs) -> anyhow::Result<()> {
    let query = if args.no_processes {
        "?processes=0"
    } else {
        ""
    };
    let uri: Uri = format!("{}/systeminfo{query}", args.url).parse()?;
    let mut connection = connect(&uri).await?;
    // The first answers fill caches that stay.
    for _ in 0..10 {
        ask(&mut connection, &uri, Some(&args.token)).await?;
    }
    let before = Usage::of(args.pid)?;
    let mut bytes = 0;
    for _ in 0..args.count {
        bytes = ask(&mut connection, &uri, Some(&args.token)).await?.len();
    }
    let after = Usage::of(args.pid)?;
    println!("scrapes: {} of {bytes} bytes", args.count);
    println!(
        "CPU a scrape: {} us",
        (after.cpu_ns - before.cpu_ns) / args.count / 1_000
    );
    println!("memory: {} kB", after.rss_kib * 1024 / 1_000);
    Ok(())
}

/// Asks once, over a connection of its own.
pub async fn get(url: &str, token: Option<&str>) -> anyhow::Result<String> {
    let uri: Uri = url.parse()?;
    let mut connection = connect(&uri).await?;
    let body = ask(&mut connection, &uri, token).await?;
    Ok(String::from_utf8_lossy(&body).into_owned())
}

async fn connect(uri: &Uri) -> anyhow::Result<SendRequest<Empty<Bytes>>> {
    let authority = uri.authority().context("the URL has no host")?;
    let stream = TcpStream::connect((authority.host(), authority.port_u16().unwrap_or(80))).await?;
    stream.set_nodelay(true)?;
    let (sender, driver) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(driver);
    Ok(sender)
}

async fn ask(
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
