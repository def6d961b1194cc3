//! How soon a server is there, on a database that it has not seen in this life.

use super::chart::{ms, points, quantile};
use super::figure;
use crate::client::{Pass, ask, connect, get};
use crate::measure::Usage;
use clap::Args;
use hyper::Uri;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const TRY_EVERY: Duration = Duration::from_millis(1);
const GIVE_UP_AFTER: Duration = Duration::from_secs(60);

/// Which server, and since when.
#[derive(Args)]
pub struct OpeningArgs {
    /// What the figures are called
    #[arg(long, default_value = "opening")]
    name: String,
    /// The cookie of a session
    #[arg(long)]
    session: String,
    /// The server's process
    #[arg(long)]
    pid: u32,
    /// When it was started, in Unix nanoseconds (`date +%s%N`)
    #[arg(long)]
    since_ns: u128,
    /// The server, like http://127.0.0.1:8001
    #[arg(long)]
    url: String,
    /// Charts to be asked for, one after another, each once
    #[arg(required = true)]
    charts: Vec<String>,
}

pub async fn opening(args: &OpeningArgs) -> anyhow::Result<()> {
    let began = Instant::now();
    while get(&format!("{}/healthz", args.url), Pass::None)
        .await
        .is_err()
    {
        anyhow::ensure!(
            began.elapsed() < GIVE_UP_AFTER,
            "the server is not there after a minute"
        );
        tokio::time::sleep(TRY_EVERY).await;
    }
    figure(&args.name, "healthz_ms", since_ms(args.since_ns)?);
    let mut times = Vec::new();
    for path in &args.charts {
        times.push(once(args, path).await?);
        if times.len() == 1 {
            figure(&args.name, "chart_ms", since_ms(args.since_ns)?);
        }
    }
    times.sort_unstable();
    figure(&args.name, "charts", times.len());
    figure(&args.name, "median_ms", ms(quantile(&times, 50)));
    figure(&args.name, "max_ms", ms(quantile(&times, 100)));
    let usage = Usage::of(args.pid)?;
    figure(&args.name, "rss_kib", usage.rss_kib);
    figure(&args.name, "peak_kib", usage.peak_kib);
    Ok(())
}

async fn once(args: &OpeningArgs, path: &str) -> anyhow::Result<Duration> {
    let uri: Uri = format!("{}{path}", args.url).parse()?;
    let mut connection = connect(&uri).await?;
    let began = Instant::now();
    let body = ask(&mut connection, &uri, Pass::Session(&args.session)).await?;
    let elapsed = began.elapsed();
    anyhow::ensure!(
        points(&serde_json::from_slice(&body)?) > 0,
        "the chart is empty: {uri}"
    );
    Ok(elapsed)
}

fn since_ms(since_ns: u128) -> anyhow::Result<f64> {
    let now_ns = SystemTime::now().duration_since(UNIX_EPOCH)?.as_nanos();
    Ok(now_ns.saturating_sub(since_ns) as f64 / 1e6)
}
