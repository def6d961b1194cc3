//! The cost of a server's polls, for any kind of server.

use super::metrics::sum_metric;
use crate::figures::print_figure;
use crate::measure::{Usage, process_cpu_ms};
use clap::Args;
use std::fs;
use std::time::{Duration, Instant};

/// The server to watch, and for how long.
#[derive(Args)]
pub struct WatchArgs {
    /// Prefix of the figures' names
    #[arg(long, default_value = "watch")]
    name: String,
    /// Process id of the server
    #[arg(long)]
    pid: u32,
    /// Process id of the simulated agents, to print their CPU use too
    #[arg(long)]
    swarm_pid: Option<u32>,
    /// URL of the server, without /metrics
    #[arg(long, default_value = "http://127.0.0.1:8001")]
    url: String,
    /// Metric that counts the polls; summed over all labels
    #[arg(long, default_value = "muster_polls_answered_total")]
    counter: String,
    /// Further counters whose increase is printed
    #[arg(long = "also", value_name = "COUNTER")]
    counters: Vec<String>,
    /// Seconds to watch
    #[arg(long, default_value = "60", value_parser = clap::value_parser!(u64).range(1..))]
    seconds: u64,
}

/// The state of the server at one moment.
struct Snapshot {
    at: Instant,
    cpu_ms: u64,
    swarm_cpu_ms: Option<u64>,
    polls: f64,
    counters: Vec<f64>,
    usage: Usage,
}

impl Snapshot {
    async fn now(args: &WatchArgs) -> anyhow::Result<Self> {
        let mut counters = Vec::new();
        for name in &args.counters {
            counters.push(sum_metric(&args.url, name).await?);
        }
        Ok(Self {
            polls: sum_metric(&args.url, &args.counter).await?,
            at: Instant::now(),
            // Includes threads that have ended: some servers end threads.
            cpu_ms: process_cpu_ms(args.pid)?,
            swarm_cpu_ms: args.swarm_pid.map(process_cpu_ms).transpose()?,
            counters,
            usage: Usage::of_process(args.pid)?,
        })
    }
}

pub async fn watch_server(args: &WatchArgs) -> anyhow::Result<()> {
    let before = Snapshot::now(args).await?;
    tokio::time::sleep(Duration::from_secs(args.seconds)).await;
    let after = Snapshot::now(args).await?;
    let polls = after.polls - before.polls;
    anyhow::ensure!(
        polls > 0.0,
        "{} did not grow: the server polled nothing",
        args.counter
    );
    let name = &args.name;
    let elapsed_s = (after.at - before.at).as_secs_f64();
    let cpu_ms = (after.cpu_ms - before.cpu_ms) as f64;
    let written_bytes = after.usage.written_bytes - before.usage.written_bytes;
    print_figure(name, "polls", polls);
    print_figure(name, "seconds", elapsed_s);
    print_figure(name, "cpu_us", cpu_ms * 1000.0 / polls);
    print_figure(name, "cpu_cores", cpu_ms / 1000.0 / elapsed_s);
    print_figure(name, "written_bytes", written_bytes as f64 / polls);
    print_figure(name, "rss_mb", mb(after.usage.rss_kib));
    print_figure(name, "peak_mb", mb(after.usage.peak_kib));
    print_figure(name, "descriptors", descriptors(args.pid)?);
    if let (Some(before_ms), Some(after_ms)) = (before.swarm_cpu_ms, after.swarm_cpu_ms) {
        let cores = (after_ms - before_ms) as f64 / 1000.0 / elapsed_s;
        print_figure(name, "swarm_cores", cores);
    }
    for ((other, before), after) in args
        .counters
        .iter()
        .zip(&before.counters)
        .zip(&after.counters)
    {
        print_figure(name, other, after - before);
    }
    Ok(())
}

fn mb(kib: u64) -> f64 {
    kib as f64 * 1024.0 / 1e6
}

fn descriptors(pid: u32) -> anyhow::Result<usize> {
    Ok(fs::read_dir(format!("/proc/{pid}/fd"))?.count())
}
