//! `muster-swarm history`: made-up history, written as several programs keep it, and what keeping it costs.
//! `scripts/bench-history` puts these together.
//!
//! Each prints what it found as figures, out of which `report` makes the tables.

pub mod fleet;
mod random;

mod made;

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

pub use chart::{points, quantile};

use crate::figures::print as figure;
use clap::Subcommand;
use std::path::PathBuf;

#[derive(Subcommand)]
pub enum HistoryCommand {
    /// Write made-up history into a file
    Fill(fill::FillArgs),
    /// Seal what a Muster database has as rows, without a server and its pauses
    Seal {
        /// What the figures are called
        #[arg(long, default_value = "seal")]
        name: String,
        /// The database
        file: PathBuf,
    },
    /// Give a Muster database more computers, each with the first one's history
    Copy {
        /// How many
        #[arg(long, default_value = "99")]
        computers: u32,
        /// The database
        file: PathBuf,
    },
    /// Give the first computers of a Muster database the 24 hours until now, sealed as its server would have
    Past {
        /// How many
        #[arg(long, default_value = "200")]
        computers: u32,
        /// The database, with at least as many computers
        file: PathBuf,
    },
    /// Sign in to a Muster server, and print the session's cookie
    Login(login::LoginArgs),
    /// Wait until a Muster server has sealed what was due, and say what that cost it
    Wait(wait::WaitArgs),
    /// Measure how soon a server that was just started answers, and its memory then
    Opening(opening::OpeningArgs),
    /// Ask for a chart again and again over one connection, and say how long that takes
    Chart(chart::ChartArgs),
    /// Post a file of JSON lines, in parts
    Post {
        /// The address
        url: String,
        /// The file
        file: PathBuf,
    },
    /// Make tables of the figures, as text that is Markdown too
    Report {
        /// The figures: a name and a value a line
        figures: PathBuf,
    },
}

pub async fn run(command: HistoryCommand) -> anyhow::Result<()> {
    match command {
        HistoryCommand::Fill(args) => fill::fill(&args).await,
        HistoryCommand::Seal { name, file } => seal::seal(&name, &file).await,
        HistoryCommand::Copy { computers, file } => copies::copy(&file, computers).await,
        HistoryCommand::Past { computers, file } => past::past(&file, computers).await,
        HistoryCommand::Login(args) => login::login(&args).await,
        HistoryCommand::Wait(args) => wait::wait(&args).await,
        HistoryCommand::Opening(args) => opening::opening(&args).await,
        HistoryCommand::Chart(args) => chart::chart(&args).await,
        HistoryCommand::Post { url, file } => post::post(&url, &file).await,
        HistoryCommand::Report { figures } => report::print(&figures),
    }
}
