//! The flag for the log format.

use clap::{Args, ValueEnum};

/// How the log is written.
#[derive(Args, Clone, Copy, Debug)]
pub struct LogArgs {
    /// Format of the log: text for people, or one JSON object per line
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

/// The format of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Lines of text, coloured in a terminal.
    Text,
    /// One JSON object per line.
    Json,
}
