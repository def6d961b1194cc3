//! The command line and the environment: every flag, its variable, its default and its check.

mod base_path;
mod commands;
mod logging;
mod storage;
mod tls;

pub use base_path::{BasePath, BasePathError};
pub use commands::{ComputerCommand, UserCommand};
pub use logging::{LogArgs, LogFormat};
pub use storage::StorageArgs;
pub use tls::TlsArgs;

use clap::builder::Resettable;
use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use ipnet::IpNet;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

/// Calls the roll of every computer each 30 seconds, keeps what they answer, and shows it.
///
/// `muster` alone is `muster serve`. To try it on this computer: `muster quickstart`.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// The database.
    #[command(flatten)]
    pub database: DatabaseArgs,
    /// The log.
    #[command(flatten)]
    pub log: LogArgs,
}

impl Cli {
    /// What was typed; who typed nonsense, or wants help, is told, and the program ends.
    #[must_use]
    pub fn read(arguments: impl Iterator<Item = OsString>) -> Self {
        let command = without_empty(Self::command());
        let matches = command.get_matches_from(with_default_command(arguments));
        Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }
}

/// A variable that is set to nothing, as compose files leave one, is as one that is not set.
fn without_empty(command: clap::Command) -> clap::Command {
    let command = command.mut_args(|flag| {
        let value = flag.get_env().and_then(std::env::var_os);
        match value.is_some_and(|value| value.is_empty()) {
            true => flag.env(Resettable::Reset),
            false => flag,
        }
    });
    command.mut_subcommands(without_empty)
}

/// What `muster` can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the server and its dashboard (what `muster` alone does)
    Serve(ServeArgs),
    /// Run the server on this computer alone, with an agent that watches it
    Quickstart(QuickstartArgs),
    /// Add, list and remove the computers that are watched
    #[command(subcommand)]
    Computer(ComputerCommand),
    /// Add, list, change and remove accounts
    #[command(subcommand)]
    User(UserCommand),
    /// Copy the database of a running or stopped server, and prove the copy
    Backup {
        /// Where the copy goes; a file that is there already is not overwritten
        file: PathBuf,
    },
    /// Check the database for damage, without changing it
    Verify,
    /// Ask a running server on this computer whether it is ready; fails where it is not
    Healthcheck {
        /// The address on which it listens
        #[arg(long, env = "MUSTER_LISTEN", default_value = "0.0.0.0:8001", value_parser = address)]
        listen: SocketAddr,

        /// The certificate that it shows, where it speaks TLS: the PEM file that it has
        #[arg(long, env = "MUSTER_TLS_CERT", value_name = "FILE")]
        tls_cert: Option<PathBuf>,
    },
}

/// Which database.
#[derive(Args, Clone, Debug)]
pub struct DatabaseArgs {
    /// The SQLite file, or a sqlite: URL [env: DATABASE_URL, DATABASE_PATH] [default: stats.db]
    #[arg(long, global = true, value_name = "FILE", help_heading = "Database")]
    pub database: Option<OsString>,
}

/// What is not on the command line, since that is seen by everyone on the computer.
const ENVIRONMENT: &str = "\
Environment:
  ADMIN_USERNAME, ADMIN_PASSWORD  The first account, made where there is none [default: admin, admin123]
  SECRET_KEY, FLASK_SECRET_KEY    Keys what sessions are stored under [default: made once, in the database]
  MUSTER_LOG                      error, warn, info, debug or trace, to standard error [default: info]";

/// How to serve.
#[derive(Args, Clone, Debug)]
#[command(after_help = ENVIRONMENT)]
pub struct ServeArgs {
    /// Address and port of the dashboard
    #[arg(long, env = "MUSTER_LISTEN", default_value = "0.0.0.0:8001", value_parser = address)]
    pub listen: SocketAddr,
    #[command(flatten)]
    /// How to call the roll.
    pub roll: RollArgs,
    /// A proxy whose X-Forwarded-For and X-Forwarded-Proto count, as an address or a CIDR range.
    /// May be given several times, or as a list with commas
    #[arg(
        long,
        env = "MUSTER_TRUSTED_PROXY",
        value_name = "CIDR",
        value_delimiter = ',',
        value_parser = network
    )]
    pub trusted_proxy: Vec<IpNet>,
    /// Addresses that the server never connects to, as an address or a CIDR range, whatever name leads
    /// there; may be given several times, or as a list with commas. 169.254.169.254 and fd00:ec2::254,
    /// where clouds tell secrets, are denied always
    #[arg(
        long,
        env = "MUSTER_DENY_TARGETS",
        value_name = "CIDR",
        value_delimiter = ',',
        value_parser = network
    )]
    pub deny_targets: Vec<IpNet>,
    /// The path below which a reverse proxy shows the dashboard, like /monitor, whether or not it takes
    /// the path off before it asks [default: none]
    #[arg(
        long,
        env = "MUSTER_BASE_PATH",
        value_name = "PATH",
        default_value = "",
        hide_default_value = true
    )]
    pub base_path: BasePath,
    #[command(flatten)]
    /// How it speaks TLS.
    pub tls: TlsArgs,
    #[command(flatten)]
    /// What is kept.
    pub storage: StorageArgs,
}

/// How to call the roll.
#[derive(Args, Clone, Debug)]
pub struct RollArgs {
    /// Seconds from one call of a computer to the next, 1 to 3600
    #[arg(long, env = "MUSTER_INTERVAL", default_value = "30", value_name = "SECONDS", value_parser = interval_s)]
    pub interval: u32,
}

impl RollArgs {
    /// The time from one call of a computer to the next.
    #[must_use]
    pub fn interval(&self) -> Duration {
        Duration::from_secs(u64::from(self.interval))
    }
}

/// How to try Muster on one computer.
#[derive(Args, Clone, Debug)]
#[command(after_help = ENVIRONMENT)]
pub struct QuickstartArgs {
    /// Address and port of the dashboard: this computer's own, 127.0.0.1 or ::1
    #[arg(long, env = "MUSTER_LISTEN", default_value = "127.0.0.1:8001", value_parser = address)]
    pub listen: SocketAddr,
    #[command(flatten)]
    /// How to call the roll.
    pub roll: RollArgs,
}

/// The first account, and the key of sessions: from the environment alone, since a command line is
/// seen by everyone on the computer.
#[derive(Clone, Debug, Default)]
pub struct Secrets {
    /// `ADMIN_USERNAME`.
    pub admin_username: Option<String>,
    /// `ADMIN_PASSWORD`.
    pub admin_password: Option<String>,
    /// `SECRET_KEY`, or `FLASK_SECRET_KEY`.
    pub secret_key: Option<String>,
}

impl Secrets {
    /// What the environment says; an empty variable is none.
    ///
    /// # Errors
    /// A variable that is not text: to go on without it would make the account that everybody knows.
    pub fn from_environment() -> anyhow::Result<Self> {
        Ok(Self {
            admin_username: variable("ADMIN_USERNAME")?,
            admin_password: variable("ADMIN_PASSWORD")?,
            secret_key: variable("SECRET_KEY")?.or(variable("FLASK_SECRET_KEY")?),
        })
    }
}

impl DatabaseArgs {
    /// The file: the flag, else `DATABASE_URL`, else `DATABASE_PATH`, else `stats.db`.
    ///
    /// # Errors
    /// A URL of a database that is not SQLite.
    pub fn path(&self) -> anyhow::Result<PathBuf> {
        let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        let name = self
            .database
            .clone()
            .or_else(|| variable("DATABASE_URL"))
            .or_else(|| variable("DATABASE_PATH"))
            .unwrap_or_else(|| "stats.db".into());
        match name.to_str() {
            Some(name) => database_path(name),
            // Not text, and so no URL: a file may have any name.
            None => Ok(PathBuf::from(name)),
        }
    }
}

/// `sqlite:stats.db`, `sqlite://stats.db`, `sqlite:///var/lib/stats.db` or a path as it is.
fn database_path(name: &str) -> anyhow::Result<PathBuf> {
    let path = match name.split_once(':') {
        Some(("sqlite", rest)) => {
            let path = rest.strip_prefix("//").unwrap_or(rest);
            path.split('?').next().unwrap_or(path)
        }
        Some((scheme, rest)) if rest.starts_with("//") => anyhow::bail!(
            "this version keeps its data in SQLite: give a file or a sqlite: URL, not {scheme}:"
        ),
        _ => name,
    };
    anyhow::ensure!(
        !path.is_empty() && path != ":memory:",
        "the database needs a file: give its path, like /var/lib/muster/stats.db"
    );
    Ok(PathBuf::from(path))
}

fn variable(name: &str) -> anyhow::Result<Option<String>> {
    match std::env::var(name) {
        Ok(value) => Ok(Some(value).filter(|value| !value.is_empty())),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => anyhow::bail!("{name} is not UTF-8 text"),
    }
}

/// A CIDR range, or an address, which is a range of one.
fn network(text: &str) -> Result<IpNet, String> {
    text.parse::<IpNet>()
        .or_else(|_| text.parse::<std::net::IpAddr>().map(IpNet::from))
        .map_err(|_| "not an address or a CIDR range, like 10.0.0.0/8".to_owned())
}

fn interval_s(text: &str) -> Result<u32, String> {
    whole(text, 1..=3_600).ok_or_else(|| "give whole seconds from 1 to 3600, like 30".to_owned())
}

/// A whole number within these.
fn whole(text: &str, within: RangeInclusive<u32>) -> Option<u32> {
    text.parse().ok().filter(|number| within.contains(number))
}

fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse()
        .map_err(|_| "give address and port, like 127.0.0.1:8001 or 0.0.0.0:8001".to_owned())
}

/// The arguments with `serve` put in where there is no command: bare `muster` takes serve's flags.
#[must_use]
pub fn with_default_command(arguments: impl Iterator<Item = OsString>) -> Vec<OsString> {
    const OTHERS: [&str; 4] = ["-h", "--help", "-V", "--version"];
    let mut arguments: Vec<OsString> = arguments.collect();
    let rest = arguments.get(1..).unwrap_or_default();
    let names = Cli::command();
    let is_command = |argument: &OsString| {
        argument == "help"
            || names
                .get_subcommands()
                .any(|command| argument == command.get_name())
    };
    let first = rest.first().map(|first| first.to_string_lossy());
    let flags_first = first.as_ref().is_none_or(|first| first.starts_with('-'));
    let asks_help = first.is_some_and(|first| OTHERS.contains(&first.as_ref()));
    if flags_first && !asks_help && !rest.iter().any(is_command) {
        arguments.insert(1.min(arguments.len()), "serve".into());
    }
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Cli, clap::Error> {
        let arguments = line.split_whitespace().map(OsString::from);
        Cli::try_parse_from(with_default_command(arguments))
    }

    #[test]
    fn bare_muster_serves_with_its_flags() {
        let cli = parsed("muster --interval 5 --database x.db").unwrap();
        let Command::Serve(serve) = cli.command else {
            panic!("serve");
        };
        assert_eq!(serve.roll.interval, 5);
        assert_eq!(cli.database.database.as_deref(), Some("x.db".as_ref()));
        assert!(matches!(
            parsed("muster").unwrap().command,
            Command::Serve(_)
        ));
    }

    #[test]
    fn a_number_that_is_none_is_told_what_would_be_one() {
        for (wrong, right) in [
            ("--interval abc", "whole seconds from 1 to 3600"),
            ("--interval 0", "whole seconds from 1 to 3600"),
            ("--interval 3601", "whole seconds from 1 to 3600"),
            ("--backup-keep 0", "from 1 to 10000"),
        ] {
            let refusal = parsed(&format!("muster {wrong}")).unwrap_err().to_string();
            assert!(refusal.contains(right), "{refusal}");
        }
    }

    #[test]
    fn the_database_goes_with_every_command() {
        for line in [
            "computer list",
            "user list",
            "verify",
            "backup b.db",
            "quickstart",
            "serve",
        ] {
            let after = parsed(&format!("muster {line} --database x.db")).unwrap();
            let before = parsed(&format!("muster --database x.db {line}")).unwrap();
            assert_eq!(after.database.database, before.database.database, "{line}");
        }
    }

    #[test]
    fn refuses_what_cannot_be() {
        for line in [
            "--interval 0",
            "--interval soon",
            "--listen here",
            "--trusted-proxy 10.0.0.0/99",
            "--deny-targets box",
            "--retain forever",
            "--max-database-size 2",
            "--backup-keep 0",
            "--tls-cert c.pem",
            "--tls-key k.pem",
            "dance",
        ] {
            assert!(parsed(&format!("muster {line}")).is_err(), "{line}");
        }
    }

    #[test]
    fn reads_database_urls() {
        for (name, path) in [
            ("stats.db", "stats.db"),
            ("/var/lib/m.db", "/var/lib/m.db"),
            ("sqlite:m.db", "m.db"),
            ("sqlite://m.db?mode=rwc", "m.db"),
            ("sqlite:///var/m.db", "/var/m.db"),
            ("C:\\muster\\m.db", "C:\\muster\\m.db"),
        ] {
            assert_eq!(database_path(name).unwrap(), PathBuf::from(path), "{name}");
        }
        assert!(database_path("postgres://box/muster").is_err());
        assert!(database_path("sqlite::memory:").is_err());
    }
}
