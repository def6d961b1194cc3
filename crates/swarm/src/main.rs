//! `muster-swarm`: thousands of simulated agents in one process, each at a loopback address of its own, and
//! the measurements that use them.
//!
//! Linux answers on all of 127.0.0.0/8, so that one listener is sixteen million computers: which of them
//! is asked is the address that the connection came to. For tests and benchmarks on one machine.

mod bench;
mod client;
mod descriptors;
mod exposition;
mod figures;
mod fleet;
mod history;
mod idle;
mod machine;
mod measure;
mod register;
mod results;
mod scrape;
mod serve;
mod sizes;
mod table;

use clap::{Parser, Subcommand};
use fleet::Fleet;
use std::path::PathBuf;

/// What every simulated agent asks for.
const TOKEN: &str = "swarm";

/// Simulated agents, and measurements of an agent and a server
#[derive(Parser)]
#[command(version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Simulate agents until stopped
    Serve {
        #[command(flatten)]
        fleet: Fleet,
        /// Further readings in each answer
        #[arg(long, default_value = "0", value_parser = clap::value_parser!(u32).range(0..=512))]
        series: u32,
        /// Each agent keeps a reading every so many seconds for a server that could not ask; none without this
        #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..=3600))]
        keep_each: Option<u32>,
    },
    /// Add the simulated computers to a Muster database
    Register {
        #[command(flatten)]
        fleet: Fleet,
        /// The database
        database: PathBuf,
    },
    /// Scrape an agent over one connection, and say what that cost it
    Scrape(scrape::ScrapeArgs),
    /// Watch an agent's process that nobody asks, and say how often it woke up and what that cost
    Idle(idle::IdleArgs),
    /// Print what an address answers
    Get {
        /// The address
        url: String,
    },
    /// Encode and decode made-up histories, and say how many bytes a number takes and how long that takes
    Sizes,
    /// Measure a server: what its polls cost it, how punctual it is, how quick it answers
    #[command(subcommand)]
    Bench(bench::BenchCommand),
    /// Make up history, and measure what keeping it costs: bytes, sealing, charts
    #[command(subcommand)]
    History(history::HistoryCommand),
    /// Make tables of a folder of figures, as text that is Markdown too
    Report {
        /// The folder, with a file a part of the benchmark
        folder: PathBuf,
    },
    /// Say on what machine this is
    Machine,
}

fn main() -> anyhow::Result<()> {
    let command = Cli::parse().command;
    let mut runtime = match command {
        // A fleet shares the processors with the server that is measured: one thread that wakes no other.
        Command::Serve { .. } => tokio::runtime::Builder::new_current_thread(),
        _ => tokio::runtime::Builder::new_multi_thread(),
    };
    runtime.enable_all().build()?.block_on(run(command))
}

async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Serve {
            fleet,
            series,
            keep_each,
        } => serve::serve(&fleet, series, keep_each).await,
        Command::Register { fleet, database } => register::register(&database, &fleet).await,
        Command::Scrape(args) => scrape::scrape(&args).await,
        Command::Idle(args) => idle::idle(&args).await,
        Command::Get { url } => {
            print!("{}", client::get(&url, client::Pass::None).await?);
            Ok(())
        }
        Command::Sizes => sizes::sizes(),
        Command::Bench(command) => bench::run(command).await,
        Command::History(command) => history::run(command).await,
        Command::Report { folder } => results::print(&folder),
        Command::Machine => {
            println!("{}", machine::describe());
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Cli;
    use clap::{Command, CommandFactory as _};

    #[test]
    fn help_says_what_everything_is_for() {
        let mut cli = Cli::command();
        cli.build();
        check(&cli);
    }

    fn check(command: &Command) {
        let name = command.get_bin_name().unwrap_or_default();
        assert!(command.get_about().is_some(), "{name}");
        for argument in command.get_arguments() {
            assert!(
                argument.get_help().is_some(),
                "{name}: {}",
                argument.get_id()
            );
        }
        let commands = command.get_subcommands();
        commands
            .filter(|command| command.get_name() != "help")
            .for_each(check);
    }
}
