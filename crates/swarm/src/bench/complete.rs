//! The time from a restart to a complete dashboard: all computers online, each with a sample of the new run.

use super::metrics::sum_metric;
use crate::client::{Credentials, get_text};
use crate::figures::print_figure;
use clap::Args;
use serde_json::Value;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const TRY_EVERY: Duration = Duration::from_millis(100);

/// The restarted server.
#[derive(Args)]
pub struct CompleteArgs {
    /// Prefix of the figures' names
    #[arg(long, default_value = "restart")]
    name: String,
    /// Session cookie
    #[arg(long)]
    session: String,
    /// When the previous run was told to stop, in Unix milliseconds (`date +%s%3N`)
    #[arg(long)]
    stopped_ms: u64,
    /// When the new run was started, in Unix milliseconds; every sample must be newer
    #[arg(long)]
    started_ms: u64,
    /// Number of computers
    #[arg(long)]
    computers: u64,
    /// Seconds until the command gives up
    #[arg(long, default_value = "120")]
    seconds: u64,
    /// URL of the server, such as http://127.0.0.1:8001
    url: String,
}

pub async fn measure_restart(args: &CompleteArgs) -> anyhow::Result<()> {
    let give_up = Instant::now() + Duration::from_secs(args.seconds);
    let mut answers_s = None;
    let mut missing = args.computers;
    while Instant::now() < give_up {
        if let Ok(answered) = sum_metric(&args.url, "muster_polls_answered_total").await {
            answers_s = answers_s.or(since_s(args.stopped_ms));
            // Requesting the overview earlier would only slow the server down.
            if answered >= args.computers as f64 {
                missing = args.computers.saturating_sub(count_fresh(args).await?);
                if missing == 0 {
                    break;
                }
            }
        }
        tokio::time::sleep(TRY_EVERY).await;
    }
    anyhow::ensure!(
        missing == 0,
        "{missing} of {} computers were not shown as online after {} s",
        args.computers,
        args.seconds
    );
    print_figure(&args.name, "answers_s", answers_s.unwrap_or_default());
    print_figure(
        &args.name,
        "complete_s",
        since_s(args.stopped_ms).unwrap_or_default(),
    );
    Ok(())
}

/// How many computers are online with a sample of this run of the server.
async fn count_fresh(args: &CompleteArgs) -> anyhow::Result<u64> {
    let credentials = Credentials::Session(&args.session);
    let text = get_text(&format!("{}/api/overview", args.url), credentials).await?;
    Ok(count_fresh_in(
        &serde_json::from_str(&text)?,
        args.started_ms,
    ))
}

fn count_fresh_in(overview: &Value, started_ms: u64) -> u64 {
    let computers = overview["computers"].as_array();
    let is_fresh = |computer: &&Value| {
        computer["status"] == "online"
            && computer["last_seen_ms"].as_u64() > Some(started_ms)
            && computer["sample"].is_object()
    };
    computers.map_or(0, |list| list.iter().filter(is_fresh).count() as u64)
}

fn since_s(moment_ms: u64) -> Option<f64> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    Some(now.as_secs_f64() - moment_ms as f64 / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::count_fresh_in;
    use serde_json::json;

    #[test]
    fn samples_of_the_previous_run_do_not_count() {
        let row = |status: &str, at_ms: u64| json!({"status": status, "last_seen_ms": at_ms, "sample": {}});
        let overview =
            json!({"computers": [row("online", 9), row("online", 11), row("offline", 12)]});
        assert_eq!(count_fresh_in(&overview, 10), 1);
        assert_eq!(count_fresh_in(&json!({}), 10), 0);
    }
}
