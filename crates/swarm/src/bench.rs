//! `muster-swarm bench`: the cost, the lateness and the response times of a server. `scripts/bench` combines these
//! commands.
//!
//! Each command prints figures, from which `muster-swarm report` makes the tables.

mod complete;
mod lateness;
mod load;
mod metrics;
mod targets;
mod watch;

use crate::fleet::Fleet;
use clap::Subcommand;

#[derive(Subcommand)]
pub enum BenchCommand {
    /// Watch a server's process and print the cost of its polls
    Watch(watch::WatchArgs),
    /// Print how late the polls were, from the samples that a Muster server stored
    Lateness(lateness::LatenessArgs),
    /// Wait until a restarted Muster server shows all computers, and print how long that took
    Complete(complete::CompleteArgs),
    /// Put the load of many dashboards on a Muster server, and print its response times
    Load(load::LoadArgs),
    /// Print the simulated computers as scrape targets for Prometheus and VictoriaMetrics
    Targets {
        #[command(flatten)]
        fleet: Fleet,
        /// Seconds between two scrapes of a computer
        #[arg(long, default_value = "30")]
        interval: u32,
    },
}

pub async fn run_command(command: BenchCommand) -> anyhow::Result<()> {
    match command {
        BenchCommand::Watch(args) => watch::watch_server(&args).await,
        BenchCommand::Lateness(args) => lateness::measure_lateness(&args).await,
        BenchCommand::Complete(args) => complete::measure_restart(&args).await,
        BenchCommand::Load(args) => load::measure_load(&args).await,
        BenchCommand::Targets { fleet, interval } => {
            targets::print_targets(&fleet, interval);
            Ok(())
        }
    }
}
