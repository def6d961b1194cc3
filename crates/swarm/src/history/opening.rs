//! How soon a newly started server answers, on a database that it has not opened before.

use super::chart::{count_points, quantile, to_ms};
use super::print_figure;
use crate::client::{Credentials, connect, fetch, get_text};
use crate::measure::Usage;
use clap::Args;
use hyper::Uri;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const TRY_EVERY: Duration = Duration::from_millis(1);
const GIVE_UP_AFTER: Duration = Duration::from_secs(60);

/// The server, and when it was started.
#[derive(Args)]
pub struct OpeningArgs {
    /// Prefix of the figures' names
    #[arg(long, default_value = "opening")]
    name: String,
    /// Session cookie
    #[arg(long)]
    session: String,
    /// Process id of the server
    #[arg(long)]
    pid: u32,
    /// When the server was started, in Unix nanoseconds (`date +%s%N`)
    #[arg(long)]
    since_ns: u128,
    /// URL of the server, such as http://127.0.0.1:8001
    #[arg(long)]
    url: String,
    /// Paths of the charts to request, each once
    #[arg(required = true)]
    charts: Vec<String>,
}

pub async fn measure_opening(args: &OpeningArgs) -> anyhow::Result<()> {
    let began = Instant::now();
    while get_text(&format!("{}/healthz", args.url), Credentials::None)
        .await
        .is_err()
    {
        anyhow::ensure!(
            began.elapsed() < GIVE_UP_AFTER,
            "the server did not answer within a minute"
        );
        tokio::time::sleep(TRY_EVERY).await;
    }
    print_figure(&args.name, "healthz_ms", since_ms(args.since_ns)?);
    let mut times = Vec::new();
    for path in &args.charts {
        times.push(time_chart(args, path).await?);
        if times.len() == 1 {
            print_figure(&args.name, "chart_ms", since_ms(args.since_ns)?);
        }
    }
    times.sort_unstable();
    print_figure(&args.name, "charts", times.len());
    print_figure(&args.name, "median_ms", to_ms(quantile(&times, 50)));
    print_figure(&args.name, "max_ms", to_ms(quantile(&times, 100)));
    let usage = Usage::of_process(args.pid)?;
    print_figure(&args.name, "rss_kib", usage.rss_kib);
    print_figure(&args.name, "peak_kib", usage.peak_kib);
    Ok(())
}

async fn time_chart(args: &OpeningArgs, path: &str) -> anyhow::Result<Duration> {
    let uri: Uri = format!("{}{path}", args.url).parse()?;
    let mut connection = connect(&uri).await?;
    let began = Instant::now();
    let body = fetch(&mut connection, &uri, Credentials::Session(&args.session)).await?;
    let elapsed = began.elapsed();
    anyhow::ensure!(
        count_points(&serde_json::from_slice(&body)?) > 0,
        "the chart is empty: {uri}"
    );
    Ok(elapsed)
}

fn since_ms(since_ns: u128) -> anyhow::Result<f64> {
    let now_ns = SystemTime::now().duration_since(UNIX_EPOCH)?.as_nanos();
    Ok(now_ns.saturating_sub(since_ns) as f64 / 1e6)
}
