//! Waiting for a Muster server that seals, and what the sealing cost it.

use super::figure;
use crate::client::{Connection, Pass, ask, connect};
use crate::measure::{Usage, cpu_ms, running_s};
use clap::Args;
use hyper::Uri;
use serde_json::Value;
use std::time::Duration;

const LOOK_EVERY: Duration = Duration::from_millis(20);
/// So many looks in a row must find nothing to be done: one step of it may only be followed by another, and
/// room is given back some seconds later.
const STILL: u32 = 500;
const GIVE_UP_AFTER_S: f64 = 600.0;

/// Which server, and how much it has to do.
#[derive(Args)]
pub struct WaitArgs {
    /// What the figures are called
    #[arg(long, default_value = "sealing")]
    name: String,
    /// The cookie of a session
    #[arg(long)]
    session: String,
    /// The server's process
    #[arg(long)]
    pid: u32,
    /// How many samples it has to seal
    #[arg(long, default_value = "0")]
    samples: u64,
    /// The server, like http://127.0.0.1:8001
    url: String,
}

/// From the start of the server to the first look that finds it done.
pub async fn wait(args: &WaitArgs) -> anyhow::Result<()> {
    let uri: Uri = format!("{}/api/storage", args.url).parse()?;
    let mut connection = connect(&uri).await?;
    let (mut done, mut still, mut size) = (None, 0, 0);
    while still < STILL {
        let used = (running_s(args.pid)?, cpu_ms(args.pid)?);
        anyhow::ensure!(
            used.0 < GIVE_UP_AFTER_S,
            "the server is not done after 10 minutes"
        );
        let storage = look(&mut connection, &uri, &args.session).await?;
        let bytes = storage["database_bytes"].as_u64().unwrap_or_default();
        done = is_done(&storage, args.samples).then_some(done.unwrap_or(used));
        // The room that the rows took is given back after the last of them is sealed.
        still = if done.is_some() && bytes == size {
            still + 1
        } else {
            0
        };
        size = bytes;
        tokio::time::sleep(LOOK_EVERY).await;
    }
    let (s, cpu_ms) = done.unwrap_or_default();
    let written_bytes = Usage::of(args.pid)?.written_bytes;
    figure(&args.name, "server_s", s);
    figure(&args.name, "server_cpu_ms", cpu_ms);
    figure(&args.name, "server_written", written_bytes);
    Ok(())
}

async fn look(connection: &mut Connection, uri: &Uri, session: &str) -> anyhow::Result<Value> {
    let body = ask(connection, uri, Pass::Session(session)).await?;
    Ok(serde_json::from_slice(&body)?)
}

/// A server that does not say whether it has something to do is known by what it did.
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
