//! Many dashboards at once: open streams of updates, and requests at a steady rate.
//!
//! Each request is sent when it is due, over a kept connection, even if earlier ones are still running. Its time
//! counts from when it was due until the whole answer has arrived.

mod dashboards;
mod paced;

use crate::figures::print_figure;
use crate::history::quantile;
use crate::measure::process_cpu_ms;
use clap::Args;
use dashboards::Dashboards;
use hyper::Uri;
use paced::{Paced, Times};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const DAY_S: u64 = 24 * 60 * 60;

/// The server, and the load to put on it.
#[derive(Args)]
pub struct LoadArgs {
    /// Prefix of the figures' names
    #[arg(long, default_value = "load")]
    name: String,
    /// Session cookie
    #[arg(long)]
    session: String,
    /// Process id of the server
    #[arg(long)]
    pid: u32,
    /// Browsers that follow the stream of updates
    #[arg(long, default_value = "50")]
    dashboards: u32,
    /// Overviews per second; 0 for none
    #[arg(long, default_value = "5")]
    overviews: u32,
    /// Charts of 24 hours per second; 0 for none
    #[arg(long, default_value = "20")]
    charts: u32,
    /// Points per chart
    #[arg(long, default_value = "1000")]
    points: u32,
    /// Series of a chart, separated by commas
    #[arg(long, default_value = "cpu_percent")]
    series: String,
    /// The charts show the computers 1 to this one in turn; each needs a day of history
    #[arg(long, default_value = "200", value_parser = clap::value_parser!(u32).range(1..))]
    computers: u32,
    /// Seconds of load
    #[arg(long, default_value = "60", value_parser = clap::value_parser!(u32).range(1..))]
    seconds: u32,
    /// URL of the server, such as http://127.0.0.1:8001
    url: String,
}

pub async fn measure_load(args: &LoadArgs) -> anyhow::Result<()> {
    let dashboards = Dashboards::open(args).await?;
    // By then each stream has delivered its first event.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let (began, before_ms, before_bytes) = (
        Instant::now(),
        process_cpu_ms(args.pid)?,
        dashboards.bytes(),
    );
    let overviews = Paced::new(args, args.overviews, false);
    let charts = Paced::new(args, args.charts, true);
    let (overviews, charts) = tokio::try_join!(
        overviews.send_all(|_| overview_url(args)),
        charts.send_all(|turn| chart_url(args, turn))
    )?;
    let elapsed_s = began.elapsed().as_secs_f64();
    let cores = (process_cpu_ms(args.pid)? - before_ms) as f64 / 1000.0 / elapsed_s;
    let bytes = dashboards.bytes() - before_bytes;
    let open = dashboards.open_count();
    anyhow::ensure!(
        open == args.dashboards,
        "only {open} of {} streams were still open",
        args.dashboards
    );
    print_times(&args.name, "overview", &overviews);
    print_times(&args.name, "chart", &charts);
    print_figure(&args.name, "cpu_cores", cores);
    let streams = f64::from(args.dashboards.max(1));
    print_figure(
        &args.name,
        "stream_bytes_per_sec",
        bytes as f64 / elapsed_s / streams,
    );
    Ok(())
}

fn print_times(name: &str, what: &str, times: &Times) {
    let name = format!("{name}.{what}");
    print_figure(&name, "count", times.sorted.len());
    print_figure(&name, "bytes", times.bytes);
    for (figure, per_cent) in [("p50_ms", 50), ("p99_ms", 99), ("max_ms", 100)] {
        let time = quantile(&times.sorted, per_cent);
        print_figure(&name, figure, time.as_secs_f64() * 1000.0);
    }
}

fn overview_url(args: &LoadArgs) -> anyhow::Result<Uri> {
    Ok(format!("{}/api/overview", args.url).parse()?)
}

fn chart_url(args: &LoadArgs, turn: u32) -> anyhow::Result<Uri> {
    let now_s = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let address = format!(
        "{}/api/history/{}?from={}&to={now_s}&points={}&series={}",
        args.url,
        turn % args.computers + 1,
        now_s - DAY_S,
        args.points,
        args.series
    );
    Ok(address.parse()?)
}
