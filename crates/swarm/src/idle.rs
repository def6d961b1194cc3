//! The activity of an idle process, from the kernel's accounting (Linux).

use crate::measure::Usage;
use anyhow::Context as _;
use clap::Args;
use std::fs;
use std::time::{Duration, Instant};

/// The agent to watch, and for how long.
#[derive(Args)]
pub struct IdleArgs {
    /// Process id of the agent
    #[arg(long)]
    pid: u32,
    /// Seconds to watch
    #[arg(long, default_value = "120", value_parser = clap::value_parser!(u64).range(1..))]
    seconds: u64,
}

/// Context switches of all threads of a process so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Switches {
    /// The thread waited for something; each of these is followed by a wake-up.
    voluntary: u64,
    /// The scheduler preempted the thread.
    involuntary: u64,
}

impl Switches {
    fn of_process(pid: u32) -> anyhow::Result<Self> {
        let folder = format!("/proc/{pid}/task");
        let mut sum = Self {
            voluntary: 0,
            involuntary: 0,
        };
        let tasks = fs::read_dir(&folder).with_context(|| format!("{folder} cannot be read"))?;
        for task in tasks {
            let status = fs::read_to_string(task?.path().join("status")).unwrap_or_default();
            sum.voluntary += field(&status, "voluntary_ctxt_switches:");
            sum.involuntary += field(&status, "nonvoluntary_ctxt_switches:");
        }
        Ok(sum)
    }
}

fn field(status: &str, name: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|value| value.trim().parse().ok())
        .unwrap_or(0)
}

pub async fn measure_idle(args: &IdleArgs) -> anyhow::Result<()> {
    let began = Instant::now();
    let before = (
        Switches::of_process(args.pid)?,
        Usage::of_process(args.pid)?,
    );
    tokio::time::sleep(Duration::from_secs(args.seconds)).await;
    let after = (
        Switches::of_process(args.pid)?,
        Usage::of_process(args.pid)?,
    );
    let minutes = began.elapsed().as_secs_f64() / 60.0;
    let wakeups = after.0.voluntary.saturating_sub(before.0.voluntary);
    let pushed = after.0.involuntary.saturating_sub(before.0.involuntary);
    let cpu_us = after.1.cpu_ns.saturating_sub(before.1.cpu_ns) / 1_000;
    println!("wake-ups: {wakeups} in {} s", args.seconds);
    println!("wake-ups a minute: {:.1}", wakeups as f64 / minutes);
    println!("interrupted: {pushed} in {} s", args.seconds);
    println!("CPU a minute: {:.0} us", cpu_us as f64 / minutes);
    println!("memory: {} kB", after.1.rss_kib * 1024 / 1_000);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_sleep_is_a_wake_up() {
        let before = Switches::of_process(std::process::id()).unwrap_or_else(|_| unreachable!());
        for _ in 0..20 {
            std::thread::sleep(Duration::from_millis(1));
        }
        let after = Switches::of_process(std::process::id()).unwrap_or_else(|_| unreachable!());
        assert!(
            after.voluntary >= before.voluntary + 20,
            "{before:?} {after:?}"
        );
    }

    #[test]
    fn the_two_kinds_are_not_confused() {
        let status = "voluntary_ctxt_switches:\t7\nnonvoluntary_ctxt_switches:\t2\n";
        assert_eq!(field(status, "voluntary_ctxt_switches:"), 7);
        assert_eq!(field(status, "nonvoluntary_ctxt_switches:"), 2);
    }
}
