//! What a server's polls cost it over a while, of whichever kind it is.

use super::metrics::sum;
use crate::figures::print;
use crate::measure::{Usage, cpu_ms};
use clap::Args;
use std::fs;
use std::time::{Duration, Instant};

/// Which server, and for how long.
#[derive(Args)]
pub struct WatchArgs {
    /// What the figures are called
    #[arg(long, default_value = "watch")]
    name: String,
    /// The server's process
    #[arg(long)]
    pid: u32,
    /// The process of the simulated agents, to say what they took of the machine meanwhile
    #[arg(long)]
    swarm_pid: Option<u32>,
    /// Its address, which answers at /metrics
    #[arg(long, default_value = "http://127.0.0.1:8001")]
    url: String,
    /// What it counts its polls by; all lines of that name are added up
    #[arg(long, default_value = "muster_polls_answered_total")]
    counter: String,
    /// Other counters, whose growth is told under their names
    #[arg(long = "also", value_name = "COUNTER")]
    others: Vec<String>,
    /// How long to watch
    #[arg(long, default_value = "60", value_parser = clap::value_parser!(u64).range(1..))]
    seconds: u64,
}

/// At one moment.
struct Seen {
    at: Instant,
    cpu_ms: u64,
    swarm_cpu_ms: Option<u64>,
    polls: f64,
    others: Vec<f64>,
    usage: Usage,
}

impl Seen {
    async fn now(args: &WatchArgs) -> anyhow::Result<Self> {
        let mut others = Vec::new();
        for name in &args.others {
            others.push(sum(&args.url, name).await?);
        }
        Ok(Self {
            polls: sum(&args.url, &args.counter).await?,
            at: Instant::now(),
            // Of threads that ended meanwhile too, of which servers have some.
            cpu_ms: cpu_ms(args.pid)?,
            swarm_cpu_ms: args.swarm_pid.map(cpu_ms).transpose()?,
            others,
            usage: Usage::of(args.pid)?,
        })
    }
}

pub async fn watch(args: &WatchArgs) -> anyhow::Result<()> {
    let before = Seen::now(args).await?;
    tokio::time::sleep(Duration::from_secs(args.seconds)).await;
    let after = Seen::now(args).await?;
    let polls = after.polls - before.polls;
    anyhow::ensure!(
        polls > 0.0,
        "{} did not grow meanwhile: nothing was polled",
        args.counter
    );
    let name = &args.name;
    let elapsed_s = (after.at - before.at).as_secs_f64();
    let cpu_ms = (after.cpu_ms - before.cpu_ms) as f64;
    let written_bytes = after.usage.written_bytes - before.usage.written_bytes;
    print(name, "polls", polls);
    print(name, "seconds", elapsed_s);
    print(name, "cpu_us", cpu_ms * 1000.0 / polls);
    print(name, "cpu_cores", cpu_ms / 1000.0 / elapsed_s);
    print(name, "written_bytes", written_bytes as f64 / polls);
    print(name, "rss_mb", mb(after.usage.rss_kib));
    print(name, "peak_mb", mb(after.usage.peak_kib));
    print(name, "descriptors", descriptors(args.pid)?);
    if let (Some(before_ms), Some(after_ms)) = (before.swarm_cpu_ms, after.swarm_cpu_ms) {
        let cores = (after_ms - before_ms) as f64 / 1000.0 / elapsed_s;
        print(name, "swarm_cores", cores);
    }
    for ((other, before), after) in args.others.iter().zip(&before.others).zip(&after.others) {
        print(name, other, after - before);
    }
    Ok(())
}

fn mb(kib: u64) -> f64 {
    kib as f64 * 1024.0 / 1e6
}

fn descriptors(pid: u32) -> anyhow::Result<usize> {
    Ok(fs::read_dir(format!("/proc/{pid}/fd"))?.count())
}
