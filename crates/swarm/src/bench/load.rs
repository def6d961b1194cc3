//! Many dashboards at once: streams of updates that stay open, and questions at a steady pace.
//!
//! A question is asked at its moment, however long those before it take, over a connection that is kept; its
//! time counts from that moment until the answer is here whole.

mod dashboards;
mod paced;

use crate::figures::print;
use crate::history::quantile;
use crate::measure::cpu_ms;
use clap::Args;
use dashboards::Dashboards;
use hyper::Uri;
use paced::{Paced, Times};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const DAY_S: u64 = 24 * 60 * 60;

/// Which server, and how much.
#[derive(Args)]
pub struct LoadArgs {
    /// What the figures are called
    #[arg(long, default_value = "load")]
    name: String,
    /// The cookie of a session
    #[arg(long)]
    session: String,
    /// The server's process
    #[arg(long)]
    pid: u32,
    /// Browsers that follow the updates
    #[arg(long, default_value = "50")]
    dashboards: u32,
    /// Overviews a second, 0 for none
    #[arg(long, default_value = "5")]
    overviews: u32,
    /// Charts of 24 hours a second, 0 for none
    #[arg(long, default_value = "20")]
    charts: u32,
    /// Points of a chart
    #[arg(long, default_value = "1000")]
    points: u32,
    /// Series of a chart, with commas between them
    #[arg(long, default_value = "cpu_percent")]
    series: String,
    /// The charts are of the computers 1 to this in turn, which have a day behind them
    #[arg(long, default_value = "200", value_parser = clap::value_parser!(u32).range(1..))]
    computers: u32,
    /// How long
    #[arg(long, default_value = "60", value_parser = clap::value_parser!(u32).range(1..))]
    seconds: u32,
    /// The server, like http://127.0.0.1:8001
    url: String,
}

pub async fn load(args: &LoadArgs) -> anyhow::Result<()> {
    let dashboards = Dashboards::open(args).await?;
    // Each has its first event by then.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let (began, before_ms, before_bytes) = (Instant::now(), cpu_ms(args.pid)?, dashboards.bytes());
    let overviews = Paced::new(args, args.overviews, false);
    let charts = Paced::new(args, args.charts, true);
    let (overviews, charts) = tokio::try_join!(
        overviews.ask(|_| overview(args)),
        charts.ask(|turn| chart(args, turn))
    )?;
    let elapsed_s = began.elapsed().as_secs_f64();
    let cores = (cpu_ms(args.pid)? - before_ms) as f64 / 1000.0 / elapsed_s;
    let bytes = dashboards.bytes() - before_bytes;
    let open = dashboards.open_count();
    anyhow::ensure!(
        open == args.dashboards,
        "only {open} of {} streams were still open",
        args.dashboards
    );
    tell(&args.name, "overview", &overviews);
    tell(&args.name, "chart", &charts);
    print(&args.name, "cpu_cores", cores);
    let streams = f64::from(args.dashboards.max(1));
    print(
        &args.name,
        "stream_bytes_per_sec",
        bytes as f64 / elapsed_s / streams,
    );
    Ok(())
}

fn tell(name: &str, what: &str, times: &Times) {
    let name = format!("{name}.{what}");
    print(&name, "count", times.sorted.len());
    print(&name, "bytes", times.bytes);
    for (figure, per_cent) in [("p50_ms", 50), ("p99_ms", 99), ("max_ms", 100)] {
        let time = quantile(&times.sorted, per_cent);
        print(&name, figure, time.as_secs_f64() * 1000.0);
    }
}

fn overview(args: &LoadArgs) -> anyhow::Result<Uri> {
    Ok(format!("{}/api/overview", args.url).parse()?)
}

fn chart(args: &LoadArgs, turn: u32) -> anyhow::Result<Uri> {
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
