//! Scraping an agent as a server does: over one connection that is kept.

use crate::client::{Pass, ask, connect};
use crate::measure::Usage;
use clap::Args;
use hyper::Uri;

/// Which agent, and how often.
#[derive(Args)]
pub struct ScrapeArgs {
    /// The agent's address, like http://127.0.0.1:8000
    #[arg(long)]
    url: String,
    /// Its token
    #[arg(long)]
    token: String,
    /// Its process
    #[arg(long)]
    pid: u32,
    /// How often
    #[arg(long, default_value = "2000")]
    count: u64,
    /// Leave out the processes
    #[arg(long)]
    no_processes: bool,
}

pub async fn scrape(args: &ScrapeArgs) -> anyhow::Result<()> {
    let query = if args.no_processes {
        "?processes=0"
    } else {
        ""
    };
    let uri: Uri = format!("{}/systeminfo{query}", args.url).parse()?;
    let mut connection = connect(&uri).await?;
    // The first answers fill caches that stay.
    for _ in 0..10 {
        ask(&mut connection, &uri, Pass::Token(&args.token)).await?;
    }
    let before = Usage::of(args.pid)?;
    let mut bytes = 0;
    for _ in 0..args.count {
        bytes = ask(&mut connection, &uri, Pass::Token(&args.token))
            .await?
            .len();
    }
    let after = Usage::of(args.pid)?;
    println!("scrapes: {} of {bytes} bytes", args.count);
    println!(
        "CPU a scrape: {} us",
        (after.cpu_ns - before.cpu_ns) / args.count / 1_000
    );
    println!("memory: {} kB", after.rss_kib * 1024 / 1_000);
    Ok(())
}
