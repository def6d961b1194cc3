//! What a process cost, from the kernel's accounting (Linux): CPU time, memory, bytes written.

use anyhow::Context as _;
use std::fs;

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
