//! How the log is written, whatever is done.

use clap::{Args, ValueEnum};

/// How the log is written.
#[derive(Args, Clone, Copy, Debug)]
pub struct LogArgs {
    /// Write the log for people, or as one JSON object a line
    #[arg(
        long,
        env = "MUSTER_LOG_FORMAT",
        global = true,
        value_enum,
        default_value = "text",
        value_name = "FORMAT",
        help_heading = "Log"
    )]
    pub log_format: LogFormat,
}

/// For whom the log is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people: lines of text, coloured in a terminal.
    Text,
    /// For programs: one JSON object a line.
    Json,
}
