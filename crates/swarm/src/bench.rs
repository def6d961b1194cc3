//! `muster-swarm bench`: what a server costs, and how punctual and how quick it is. `scripts/bench` puts these
//! together.
//!
//! Each prints what it found as figures, out of which `muster-swarm report` makes the tables.

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
    /// Watch a server's process for a while, and say what its polls cost it
    Watch(watch::WatchArgs),
    /// Say how late the calls were, by the samples that a Muster server stored
    Lateness(lateness::LatenessArgs),
    /// Wait until a Muster server that was started anew shows everything, and say how long that took
    Complete(complete::CompleteArgs),
    /// Read a Muster server as many dashboards do, and say how quick it is
    Load(load::LoadArgs),
    /// Print the simulated computers as targets for Prometheus and VictoriaMetrics
    Targets {
        #[command(flatten)]
        fleet: Fleet,
        /// Seconds from one call of a computer to the next
        #[arg(long, default_value = "30")]
        interval: u32,
    },
}

pub async fn run(command: BenchCommand) -> anyhow::Result<()> {
    match command {
        BenchCommand::Watch(args) => watch::watch(&args).await,
        BenchCommand::Lateness(args) => lateness::lateness(&args).await,
        BenchCommand::Complete(args) => complete::complete(&args).await,
        BenchCommand::Load(args) => load::load(&args).await,
        BenchCommand::Targets { fleet, interval } => {
            targets::print(&fleet, interval);
            Ok(())
        }
    }
}
