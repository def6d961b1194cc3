//! `muster-swarm`: thousands of simulated agents in one process, each at its own loopback address, and the
//! measurements that use them.
//!
//! Linux accepts connections to all of 127.0.0.0/8, so one listener serves up to sixteen million computers: the
//! local address of a connection selects the computer. For tests and benchmarks on one machine.

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

/// The token of every simulated agent.
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
        /// Additional series in each answer
        #[arg(long, default_value = "0", value_parser = clap::value_parser!(u32).range(0..=512))]
        series: u32,
        /// Each agent keeps a reading every SECONDS for a server that could not poll it [default: keep none]
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
    /// Scrape an agent over one connection, and print what that cost the agent
    Scrape(scrape::ScrapeArgs),
    /// Watch an idle agent's process, and print how often it woke up and the cost
    Idle(idle::IdleArgs),
    /// Print the response of a URL
    Get {
        /// The URL
        url: String,
    },
    /// Encode and decode simulated histories, and print the bytes per number and the speed
    Sizes,
    /// Measure a server: the cost of its polls, their lateness, its response times
    #[command(subcommand)]
    Bench(bench::BenchCommand),
    /// Simulate history, and measure the cost of keeping it: bytes, sealing, charts
    #[command(subcommand)]
    History(history::HistoryCommand),
    /// Print tables of a folder of figures, as Markdown
    Report {
        /// The folder, with one file per part of the benchmark
        folder: PathBuf,
    },
    /// Describe this machine
    Machine,
}

fn main() -> anyhow::Result<()> {
    let command = Cli::parse().command;
    let mut runtime = match command {
        // The fleet shares the processors with the measured server, so it runs on one thread that wakes no other.
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
        } => serve::serve_fleet(&fleet, series, keep_each).await,
        Command::Register { fleet, database } => register::register_fleet(&database, &fleet).await,
        Command::Scrape(args) => scrape::measure_scrapes(&args).await,
        Command::Idle(args) => idle::measure_idle(&args).await,
        Command::Get { url } => {
            print!(
                "{}",
                client::get_text(&url, client::Credentials::None).await?
            );
            Ok(())
        }
        Command::Sizes => sizes::print_sizes(),
        Command::Bench(command) => bench::run_command(command).await,
        Command::History(command) => history::run_command(command).await,
        Command::Report { folder } => results::print_results(&folder),
        Command::Machine => {
            println!("{}", machine::describe_machine());
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Cli;
    use clap::{Command, CommandFactory as _};

    #[test]
    fn every_command_and_argument_has_help() {
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
