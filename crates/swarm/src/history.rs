//! `muster-swarm history`: simulated history in the formats of several programs, and the cost of keeping it.
//! `scripts/bench-history` combines these commands.
//!
//! Each command prints figures, from which `report` makes the tables.

mod random;
pub mod simulation;

mod generated;

mod copies;
mod database;
mod flask;
mod lines;
mod openmetrics;

mod fill;
mod seal;

mod chart;
mod login;
mod opening;
mod post;
mod wait;

mod past;
mod report;

pub use chart::{count_points, quantile};

use crate::figures::print_figure;
use clap::Subcommand;
use std::path::PathBuf;

#[derive(Subcommand)]
pub enum HistoryCommand {
    /// Write simulated history to a file
    Fill(fill::FillArgs),
    /// Seal all rows of a Muster database, without a server and its pauses
    Seal {
        /// Prefix of the figures' names
        #[arg(long, default_value = "seal")]
        name: String,
        /// The database
        file: PathBuf,
    },
    /// Add computers to a Muster database, each with a copy of the first computer's history
    Copy {
        /// Number of computers to add
        #[arg(long, default_value = "99")]
        computers: u32,
        /// The database
        file: PathBuf,
    },
    /// Add a history of the last 24 hours to the first computers of a Muster database, sealed as a server would
    Past {
        /// Number of computers that get a history
        #[arg(long, default_value = "200")]
        computers: u32,
        /// The database, with at least as many computers
        file: PathBuf,
    },
    /// Sign in to a Muster server and print the session cookie
    Login(login::LoginArgs),
    /// Wait until a Muster server has sealed all that was due, and print the cost
    Wait(wait::WaitArgs),
    /// Measure how soon a newly started server answers, and its memory
    Opening(opening::OpeningArgs),
    /// Request a chart repeatedly over one connection, and print the response times
    Chart(chart::ChartArgs),
    /// Post a file of JSON lines in parts
    Post {
        /// The URL
        url: String,
        /// The file
        file: PathBuf,
    },
    /// Print tables of the figures, as Markdown
    Report {
        /// File of figures: one name and value per line
        figures: PathBuf,
    },
}

pub async fn run_command(command: HistoryCommand) -> anyhow::Result<()> {
    match command {
        HistoryCommand::Fill(args) => fill::fill_file(&args).await,
        HistoryCommand::Seal { name, file } => seal::seal_database(&name, &file).await,
        HistoryCommand::Copy { computers, file } => copies::copy_computers(&file, computers).await,
        HistoryCommand::Past { computers, file } => past::add_past(&file, computers).await,
        HistoryCommand::Login(args) => login::print_session(&args).await,
        HistoryCommand::Wait(args) => wait::wait_for_sealing(&args).await,
        HistoryCommand::Opening(args) => opening::measure_opening(&args).await,
        HistoryCommand::Chart(args) => chart::measure_chart(&args).await,
        HistoryCommand::Post { url, file } => post::post_lines(&url, &file).await,
        HistoryCommand::Report { figures } => report::print_report(&figures),
    }
}
