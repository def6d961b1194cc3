//! Scrapes an agent as a server does, over one kept connection.

use crate::client::{Connection, Credentials, connect, fetch};
use crate::figures::print_figure;
use crate::measure::Usage;
use clap::Args;
use hyper::Uri;

/// The agent, and how often to scrape it.
#[derive(Args)]
pub struct ScrapeArgs {
    /// Prefix of the figures' names
    #[arg(long, default_value = "scrape")]
    name: String,
    /// URL of the agent, such as http://127.0.0.1:8000
    #[arg(long)]
    url: String,
    /// Path of the endpoint, for other kinds of agents
    #[arg(long, default_value = "/systeminfo")]
    path: String,
    /// Token of the agent, if it needs one
    #[arg(long)]
    token: Option<String>,
    /// Process id of the agent
    #[arg(long)]
    pid: u32,
    /// Number of scrapes
    #[arg(long, default_value = "2000", value_parser = clap::value_parser!(u64).range(1..))]
    count: u64,
    /// Leave out the processes
    #[arg(long)]
    no_processes: bool,
    /// Ask for the processes only in every n-th scrape
    #[arg(long, conflicts_with = "no_processes", value_parser = clap::value_parser!(u64).range(1..))]
    processes_each: Option<u64>,
}

pub async fn measure_scrapes(args: &ScrapeArgs) -> anyhow::Result<()> {
    let mut scraper = Scraper::new(args).await?;
    // The first answers fill caches.
    for _ in 0..10 {
        scraper.scrape(args, args.no_processes).await?;
    }
    let before = Usage::of_process(args.pid)?;
    let mut bytes = 0;
    for turn in 1..=args.count {
        let each = args.processes_each.unwrap_or(1);
        let is_without = args.no_processes || !turn.is_multiple_of(each);
        bytes = scraper.scrape(args, is_without).await?;
    }
    let after = Usage::of_process(args.pid)?;
    let cpu_ns = after.cpu_ns.saturating_sub(before.cpu_ns);
    print_figure(&args.name, "scrapes", args.count);
    print_figure(&args.name, "bytes", bytes);
    print_figure(
        &args.name,
        "cpu_us",
        cpu_ns as f64 / args.count as f64 / 1e3,
    );
    print_figure(&args.name, "rss_kb", after.rss_kib as f64 * 1.024);
    Ok(())
}

struct Scraper {
    connection: Connection,
    with: Uri,
    without: Uri,
}

impl Scraper {
    async fn new(args: &ScrapeArgs) -> anyhow::Result<Self> {
        let with: Uri = format!("{}{}", args.url, args.path).parse()?;
        Ok(Self {
            connection: connect(&with).await?,
            without: format!("{with}?processes=0").parse()?,
            with,
        })
    }

    /// Scrapes once and returns the bytes received.
    async fn scrape(&mut self, args: &ScrapeArgs, is_without: bool) -> anyhow::Result<usize> {
        let uri = if is_without {
            &self.without
        } else {
            &self.with
        };
        let credentials = args
            .token
            .as_deref()
            .map_or(Credentials::None, Credentials::Token);
        Ok(fetch(&mut self.connection, uri, credentials).await?.len())
    }
}
