//! The cost of a process, from the kernel's accounting (Linux): CPU time, memory, bytes written.

use anyhow::Context as _;
use std::fs;

/// The resources that a process has used so far.
#[derive(Clone, Copy, Debug)]
pub struct Usage {
    /// CPU time of all its threads that are alive.
    pub cpu_ns: u64,
    /// Resident memory now.
    pub rss_kib: u64,
    /// Peak resident memory.
    pub peak_kib: u64,
    /// Bytes that it caused to be written to disk.
    pub written_bytes: u64,
}

impl Usage {
    pub fn of_process(pid: u32) -> anyhow::Result<Self> {
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
            cpu_ns: threads_cpu_ns(pid)?,
            rss_kib: field(&status, "VmRSS:").context("no VmRSS")?,
            peak_kib: field(&status, "VmHWM:").context("no VmHWM")?,
            written_bytes: field(&io, "write_bytes:").context("no write_bytes")?,
        })
    }
}

/// The sum over all living threads of the first number of schedstat, a thread's CPU time in nanoseconds. Threads
/// that ended are missing; the processes measured with this keep their worker threads.
fn threads_cpu_ns(pid: u32) -> anyhow::Result<u64> {
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

/// CPU time of all threads of a process, ended ones included, to a hundredth of a second.
pub fn process_cpu_ms(pid: u32) -> anyhow::Result<u64> {
    Ok((stat(pid, 11)? + stat(pid, 12)?) * 10)
}

/// The time since a process started, to a hundredth of a second.
pub fn process_age_s(pid: u32) -> anyhow::Result<f64> {
    let uptime = fs::read_to_string("/proc/uptime")?;
    let uptime_s: f64 = uptime.split(' ').next().unwrap_or_default().parse()?;
    Ok(uptime_s - stat(pid, 19)? as f64 / 100.0)
}

/// A number of /proc/PID/stat, counted from after the name, which may contain spaces. Times are in hundredths of a
/// second on every Linux.
fn stat(pid: u32, which: usize) -> anyhow::Result<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat"))
        .with_context(|| format!("there is no process {pid}"))?;
    let fields = text.rsplit_once(") ").map_or("", |(_, fields)| fields);
    let number = fields.split(' ').nth(which);
    Ok(number
        .context("/proc/PID/stat has too few fields")?
        .parse()?)
}
