//! Scraping an agent as a server does: over one connection that is kept.

use crate::client::{Connection, Pass, ask, connect};
use crate::figures::print;
use crate::measure::Usage;
use clap::Args;
use hyper::Uri;

/// Which agent, and how often.
#[derive(Args)]
pub struct ScrapeArgs {
    /// What the figures are called
    #[arg(long, default_value = "scrape")]
    name: String,
    /// The agent's address, like http://127.0.0.1:8000
    #[arg(long)]
    url: String,
    /// Where it answers, for agents of another kind
    #[arg(long, default_value = "/systeminfo")]
    path: String,
    /// Its token, where it asks for one
    #[arg(long)]
    token: Option<String>,
    /// Its process
    #[arg(long)]
    pid: u32,
    /// How often
    #[arg(long, default_value = "2000", value_parser = clap::value_parser!(u64).range(1..))]
    count: u64,
    /// Leave out the processes
    #[arg(long)]
    no_processes: bool,
    /// Leave out the processes but for each scrape of so many
    #[arg(long, conflicts_with = "no_processes", value_parser = clap::value_parser!(u64).range(1..))]
    processes_each: Option<u64>,
}

pub async fn scrape(args: &ScrapeArgs) -> anyhow::Result<()> {
    let mut scraper = Scraper::new(args).await?;
    // The first answers fill caches that stay.
    for _ in 0..10 {
        scraper.scrape(args, args.no_processes).await?;
    }
    let before = Usage::of(args.pid)?;
    let mut bytes = 0;
    for turn in 1..=args.count {
        let each = args.processes_each.unwrap_or(1);
        let is_without = args.no_processes || !turn.is_multiple_of(each);
        bytes = scraper.scrape(args, is_without).await?;
    }
    let after = Usage::of(args.pid)?;
    let cpu_ns = after.cpu_ns.saturating_sub(before.cpu_ns);
    print(&args.name, "scrapes", args.count);
    print(&args.name, "bytes", bytes);
    print(
        &args.name,
        "cpu_us",
        cpu_ns as f64 / args.count as f64 / 1e3,
    );
    print(&args.name, "rss_kb", after.rss_kib as f64 * 1.024);
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

    /// How many bytes came.
    async fn scrape(&mut self, args: &ScrapeArgs, is_without: bool) -> anyhow::Result<usize> {
        let uri = if is_without {
            &self.without
        } else {
            &self.with
        };
        let pass = args.token.as_deref().map_or(Pass::None, Pass::Token);
        Ok(ask(&mut self.connection, uri, pass).await?.len())
    }
}
