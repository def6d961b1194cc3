//! From a restart to a dashboard that is complete: all computers online, each with a sample of the new run.

use super::metrics::sum;
use crate::client::{Pass, get};
use crate::figures::print;
use clap::Args;
use serde_json::Value;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const TRY_EVERY: Duration = Duration::from_millis(100);

/// Which server, and since when.
#[derive(Args)]
pub struct CompleteArgs {
    /// What the figures are called
    #[arg(long, default_value = "restart")]
    name: String,
    /// The cookie of a session
    #[arg(long)]
    session: String,
    /// When its predecessor was asked to stop, in Unix milliseconds (`date +%s%3N`)
    #[arg(long)]
    stopped_ms: u64,
    /// When it was started, in Unix milliseconds: every sample has to be newer
    #[arg(long)]
    started_ms: u64,
    /// How many computers there are
    #[arg(long)]
    computers: u64,
    /// When to give up
    #[arg(long, default_value = "120")]
    seconds: u64,
    /// The server, like http://127.0.0.1:8001
    url: String,
}

pub async fn complete(args: &CompleteArgs) -> anyhow::Result<()> {
    let give_up = Instant::now() + Duration::from_secs(args.seconds);
    let mut answers_s = None;
    let mut missing = args.computers;
    while Instant::now() < give_up {
        if let Ok(answered) = sum(&args.url, "muster_polls_answered_total").await {
            answers_s = answers_s.or(since_s(args.stopped_ms));
            // Before that, asking for everything again and again would only slow it down.
            if answered >= args.computers as f64 {
                missing = args.computers.saturating_sub(fresh(args).await?);
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
    print(&args.name, "answers_s", answers_s.unwrap_or_default());
    print(
        &args.name,
        "complete_s",
        since_s(args.stopped_ms).unwrap_or_default(),
    );
    Ok(())
}

/// How many are online by what this run of the server heard itself.
async fn fresh(args: &CompleteArgs) -> anyhow::Result<u64> {
    let pass = Pass::Session(&args.session);
    let text = get(&format!("{}/api/overview", args.url), pass).await?;
    Ok(fresh_of(&serde_json::from_str(&text)?, args.started_ms))
}

fn fresh_of(overview: &Value, started_ms: u64) -> u64 {
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
    use super::fresh_of;
    use serde_json::json;

    #[test]
    fn what_the_run_before_heard_does_not_count() {
        let row = |status: &str, at_ms: u64| json!({"status": status, "last_seen_ms": at_ms, "sample": {}});
        let overview =
            json!({"computers": [row("online", 9), row("online", 11), row("offline", 12)]});
        assert_eq!(fresh_of(&overview, 10), 1);
        assert_eq!(fresh_of(&json!({}), 10), 0);
    }
}
