//! Waits until a Muster server has sealed everything, and prints the cost.

use super::print_figure;
use crate::client::{Connection, Credentials, connect, fetch};
use crate::measure::{Usage, process_age_s, process_cpu_ms};
use clap::Args;
use hyper::Uri;
use serde_json::Value;
use std::time::Duration;

const POLL_EVERY: Duration = Duration::from_millis(20);
/// The server counts as done when it is idle in this many checks in a row: one step may follow another, and free
/// space returns to the file system some seconds later.
const STILL: u32 = 500;
const GIVE_UP_AFTER_S: f64 = 600.0;

/// The server, and how much it has to seal.
#[derive(Args)]
pub struct WaitArgs {
    /// Prefix of the figures' names
    #[arg(long, default_value = "sealing")]
    name: String,
    /// Session cookie
    #[arg(long)]
    session: String,
    /// Process id of the server
    #[arg(long)]
    pid: u32,
    /// Number of samples it has to seal
    #[arg(long, default_value = "0")]
    samples: u64,
    /// URL of the server, such as http://127.0.0.1:8001
    url: String,
}

/// Measures from the start of the server to the first check that finds it done.
pub async fn wait_for_sealing(args: &WaitArgs) -> anyhow::Result<()> {
    let uri: Uri = format!("{}/api/storage", args.url).parse()?;
    let mut connection = connect(&uri).await?;
    let (mut done, mut still, mut size) = (None, 0, 0);
    while still < STILL {
        let used = (process_age_s(args.pid)?, process_cpu_ms(args.pid)?);
        anyhow::ensure!(
            used.0 < GIVE_UP_AFTER_S,
            "the server is not done after 10 minutes"
        );
        let storage = fetch_storage(&mut connection, &uri, &args.session).await?;
        let bytes = storage["database_bytes"].as_u64().unwrap_or_default();
        done = is_done(&storage, args.samples).then_some(done.unwrap_or(used));
        // The space of the rows is freed after the last of them is sealed.
        still = if done.is_some() && bytes == size {
            still + 1
        } else {
            0
        };
        size = bytes;
        tokio::time::sleep(POLL_EVERY).await;
    }
    let (s, cpu_ms) = done.unwrap_or_default();
    let written_bytes = Usage::of_process(args.pid)?.written_bytes;
    print_figure(&args.name, "server_s", s);
    print_figure(&args.name, "server_cpu_ms", cpu_ms);
    print_figure(&args.name, "server_written", written_bytes);
    Ok(())
}

async fn fetch_storage(
    connection: &mut Connection,
    uri: &Uri,
    session: &str,
) -> anyhow::Result<Value> {
    let body = fetch(connection, uri, Credentials::Session(session)).await?;
    Ok(serde_json::from_slice(&body)?)
}

/// Whether the server has sealed at least `samples` and reports no work in progress.
fn is_done(storage: &Value, samples: u64) -> bool {
    let sealed = storage["samples_sealed"].as_u64().unwrap_or_default();
    storage["sealing"].is_null() && sealed >= samples
}

#[cfg(test)]
mod tests {
    use super::is_done;
    use serde_json::json;

    #[test]
    fn is_done_once_all_is_sealed_and_nothing_is_due() {
        assert!(!is_done(&json!({"samples_sealed": 9}), 10));
        assert!(is_done(&json!({"samples_sealed": 10}), 10));
        assert!(is_done(&json!({"samples_sealed": 10, "sealing": null}), 10));
        let merging = json!({"samples_sealed": 10, "sealing": {"done": 3, "all": 4}});
        assert!(!is_done(&merging, 10));
    }
}
