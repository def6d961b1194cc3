//! What a process cost, from the kernel's accounting (Linux): CPU time, memory, bytes written.

use anyhow::Context as _;
use clap::Args;
use std::fs;
use std::time::Duration;

/// What a process used up so far.
#[derive(Clone, Copy, Debug)]
pub struct Usage {
    /// CPU time of all its threads, to the nanosecond.
    pub cpu_ns: u64,
    /// Memory it has now.
    pub rss_kib: u64,
    /// The most that it had.
    pub peak_kib: u64,
    /// Bytes it caused to be written to a disk.
    pub written_bytes: u64,
}

impl Usage {
    pub fn of(pid: u32) -> anyhow::Result<Self> {
        let read = |file: &str| {
            fs::read_to_string(format!("/proc/{pid}/{file}"))
                .with_context(|| format!("/proc/{pid}/{file} cannot be read"))
        };
        let field = |text: &str, name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_whitespace().next()?.parse().ok()
        };
        let status = read("status")?;
        let io = read("io")?;
        Ok(Self {
            cpu_ns: cpu_ns(pid)?,
            rss_kib: field(&status, "VmRSS:").context("no VmRSS")?,
            peak_kib: field(&status, "VmHWM:").context("no VmHWM")?,
            written_bytes: field(&io, "write_bytes:").context("no write_bytes")?,
        })
    }
}

/// The first number of schedstat is a thread's CPU time in nanoseconds; those of all threads that live are
/// added up. A thread that ended in between is missed: neither process here ends threads that work.
fn cpu_ns(pid: u32) -> anyhow::Result<u64> {
    let mut sum = 0;
    for task in fs::read_dir(format!("/proc/{pid}/task"))? {
        let text = fs::read_to_string(task?.path().join("schedstat")).unwrap_or_default();
        sum += text
            .split(' ')
            .next()
            .and_then(|ns| ns.parse::<u64>().ok())
            .unwrap_or(0);
    }
    Ok(sum)
}

/// CPU time of all threads that a process has or had, to a hundredth of a second: for who ends threads.
pub fn cpu_ms(pid: u32) -> anyhow::Result<u64> {
    Ok((stat(pid, 11)? + stat(pid, 12)?) * 10)
}

/// For how long a process has been running, to a hundredth of a second.
pub fn running_s(pid: u32) -> anyhow::Result<f64> {
    let uptime = fs::read_to_string("/proc/uptime")?;
    let uptime_s: f64 = uptime.split(' ').next().unwrap_or_default().parse()?;
    Ok(uptime_s - stat(pid, 19)? as f64 / 100.0)
}

/// A number of /proc/PID/stat, counted from behind the name, which may have spaces in it. Times are in
/// hundredths of a second on every Linux.
fn stat(pid: u32, which: usize) -> anyhow::Result<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat"))
        .with_context(|| format!("process {pid} is not there"))?;
    let fields = text.rsplit_once(") ").map_or("", |(_, fields)| fields);
    let number = fields.split(' ').nth(which);
    Ok(number.context("/proc/PID/stat is short")?.parse()?)
}

/// Which server, and for how long.
#[derive(Args)]
pub struct WatchArgs {
    /// The server's process
    #[arg(long)]
    pid: u32,
    /// Its /metrics
    #[arg(long, default_value = "http://127.0.0.1:8001")]
    url: String,
    /// How long to watch
    #[arg(long, default_value = "60")]
    seconds: u64,
}

pub async fn watch(args: &WatchArgs) -> anyhow::Result<()> {
    let before = (Usage::of(args.pid)?, polls(&args.url).await?);
    tokio::time::sleep(Duration::from_secs(args.seconds)).await;
    let after = (Usage::of(args.pid)?, polls(&args.url).await?);
    let count = after.1.saturating_sub(before.1);
    anyhow::ensure!(count > 0, "no call was answered meanwhile");
    println!("polls: {count} in {} s", args.seconds);
    println!(
        "CPU a poll: {} us",
        (after.0.cpu_ns - before.0.cpu_ns) / count / 1_000
    );
    println!(
        "written a poll: {} bytes",
        (after.0.written_bytes - before.0.written_bytes) / count
    );
    println!("memory: {} MB", after.0.rss_kib * 1024 / 1_000_000);
    Ok(())
}

async fn polls(url: &str) -> anyhow::Result<u64> {
    let text = crate::client::get(&format!("{url}/metrics"), crate::client::Pass::None).await?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("muster_polls_answered_total "));
    line.and_then(|count| count.parse().ok())
        .context("the server's /metrics do not count polls")
}
