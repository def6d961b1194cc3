//! The command line and the environment: every flag with its variable, default and validation.

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

/// Polls all computers every 30 seconds, stores their answers, and shows them on a dashboard.
///
/// `muster` without a command is `muster serve`. To try it on this computer: `muster quickstart`.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, max_term_width = 100)]
pub struct Cli {
    /// The command.
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
    /// Parses the command line. Prints errors or the help, and exits the process, if there is nothing to run.
    #[must_use]
    pub fn from_arguments(arguments: impl Iterator<Item = OsString>) -> Self {
        let command = without_empty(Self::command());
        let matches = command.get_matches_from(with_default_command(arguments));
        Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }
}

/// Treats an empty variable as unset, as compose files often leave one.
fn without_empty(command: clap::Command) -> clap::Command {
    let command = command.mut_args(|flag| {
        let value = flag.get_env().and_then(std::env::var_os);
        if value.is_some_and(|value| value.is_empty()) {
            flag.env(Resettable::Reset)
        } else {
            flag
        }
    });
    command.mut_subcommands(without_empty)
}

/// The commands of `muster`.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the server and its dashboard (the default command)
    Serve(ServeArgs),
    /// Try Muster on this computer: run the server together with an agent
    Quickstart(QuickstartArgs),
    /// Add, list, remove and restore computers
    #[command(subcommand)]
    Computer(ComputerCommand),
    /// Add, list, change and remove accounts
    #[command(subcommand)]
    User(UserCommand),
    /// Back up the database of a running or stopped server, and verify the copy
    Backup {
        /// The file to write; an existing file is not overwritten
        file: PathBuf,
    },
    /// Check the database for damage, without changing it
    Verify,
    /// Check whether a running server on this computer is ready; exits with an error if it is not
    Healthcheck {
        /// The address that the server listens on
        #[arg(long, env = "MUSTER_LISTEN", default_value = "0.0.0.0:8001", value_parser = address)]
        listen: SocketAddr,

        /// The server's certificate as a PEM file, if it uses TLS
        #[arg(long, env = "MUSTER_TLS_CERT", value_name = "FILE")]
        tls_cert: Option<PathBuf>,
    },
}

/// The database to use.
#[derive(Args, Clone, Debug)]
pub struct DatabaseArgs {
    /// The SQLite file, or a sqlite: URL [env: DATABASE_URL, DATABASE_PATH] [default: stats.db]
    #[arg(long, global = true, value_name = "FILE", help_heading = "Database")]
    pub database: Option<OsString>,
}

/// Settings that are not flags, because everybody on the computer can see command lines.
const ENVIRONMENT: &str = "\
Environment:
  ADMIN_USERNAME, ADMIN_PASSWORD  The first account, created if there is none [default: admin, admin123]
  SECRET_KEY, FLASK_SECRET_KEY    Key for session ids [default: generated once, stored in the database]
  MUSTER_LOG                      Log level: error, warn, info, debug or trace [default: info]";

/// The flags of `muster serve`.
#[derive(Args, Clone, Debug)]
#[command(after_help = ENVIRONMENT)]
pub struct ServeArgs {
    /// Address and port of the dashboard
    #[arg(long, env = "MUSTER_LISTEN", default_value = "0.0.0.0:8001", value_parser = address)]
    pub listen: SocketAddr,
    #[command(flatten)]
    /// The polling interval.
    pub roll: RollArgs,
    /// Trust X-Forwarded-For and X-Forwarded-Proto from this proxy, an address or a CIDR range. May be repeated, or a
    /// list separated by commas
    #[arg(
        long,
        env = "MUSTER_TRUSTED_PROXY",
        value_name = "CIDR",
        value_delimiter = ',',
        value_parser = network
    )]
    pub trusted_proxy: Vec<IpNet>,
    /// Never connect to these addresses, whatever name resolves to them: addresses or CIDR ranges. May be repeated,
    /// or a list separated by commas. 169.254.169.254 and fd00:ec2::254, the metadata services of clouds, are always
    /// denied
    #[arg(
        long,
        env = "MUSTER_DENY_TARGETS",
        value_name = "CIDR",
        value_delimiter = ',',
        value_parser = network
    )]
    pub deny_targets: Vec<IpNet>,
    /// Path below which a reverse proxy serves the dashboard, like /monitor, whether or not the proxy removes it from
    /// requests [default: none]
    #[arg(
        long,
        env = "MUSTER_BASE_PATH",
        value_name = "PATH",
        default_value = "",
        hide_default_value = true
    )]
    pub base_path: BasePath,
    #[command(flatten)]
    /// TLS of the dashboard.
    pub tls: TlsArgs,
    #[command(flatten)]
    /// Retention, size limit and backups.
    pub storage: StorageArgs,
}

/// The polling interval.
#[derive(Args, Clone, Debug)]
pub struct RollArgs {
    /// Seconds from one poll of a computer to the next, 1 to 3600
    #[arg(long, env = "MUSTER_INTERVAL", default_value = "30", value_name = "SECONDS", value_parser = interval_s)]
    pub interval: u32,
}

impl RollArgs {
    /// The time from one poll of a computer to the next.
    #[must_use]
    pub fn interval(&self) -> Duration {
        Duration::from_secs(u64::from(self.interval))
    }
}

/// The flags of `muster quickstart`.
#[derive(Args, Clone, Debug)]
#[command(after_help = ENVIRONMENT)]
pub struct QuickstartArgs {
    /// Address and port of the dashboard: a loopback address, 127.0.0.1 or ::1
    #[arg(long, env = "MUSTER_LISTEN", default_value = "127.0.0.1:8001", value_parser = address)]
    pub listen: SocketAddr,
    #[command(flatten)]
    /// The polling interval.
    pub roll: RollArgs,
}

/// The first account and the session key. They come from the environment only, since everybody on the computer can
/// see command lines.
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
    /// Reads the environment. Empty variables count as unset.
    ///
    /// # Errors
    /// A variable is not UTF-8. Ignoring it would create the account with the well-known password.
    pub fn from_environment() -> anyhow::Result<Self> {
        Ok(Self {
            admin_username: variable("ADMIN_USERNAME")?,
            admin_password: variable("ADMIN_PASSWORD")?,
            secret_key: variable("SECRET_KEY")?.or(variable("FLASK_SECRET_KEY")?),
        })
    }
}

impl DatabaseArgs {
    /// The path of the file: from the flag, else `DATABASE_URL`, else `DATABASE_PATH`, else `stats.db`.
    ///
    /// # Errors
    /// A URL of a database other than SQLite.
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
            // Not UTF-8, so it is a file name and not a URL.
            None => Ok(PathBuf::from(name)),
        }
    }
}

/// Accepts `sqlite:stats.db`, `sqlite://stats.db`, `sqlite:///var/lib/stats.db` or a path.
fn database_path(name: &str) -> anyhow::Result<PathBuf> {
    let path = match name.split_once(':') {
        Some(("sqlite", rest)) => {
            let path = rest.strip_prefix("//").unwrap_or(rest);
            path.split('?').next().unwrap_or(path)
        }
        Some((scheme, rest)) if rest.starts_with("//") => {
            anyhow::bail!("only SQLite is supported: use a file or a sqlite: URL, not {scheme}:")
        }
        _ => name,
    };
    anyhow::ensure!(
        !path.is_empty() && path != ":memory:",
        "the database must be a file: use a path like /var/lib/muster/stats.db"
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

/// Parses a CIDR range, or an address as a range of one.
fn network(text: &str) -> Result<IpNet, String> {
    text.parse::<IpNet>()
        .or_else(|_| text.parse::<std::net::IpAddr>().map(IpNet::from))
        .map_err(|_| "must be an address or a CIDR range, like 10.0.0.0/8".to_owned())
}

fn interval_s(text: &str) -> Result<u32, String> {
    whole(text, 1..=3_600).ok_or_else(|| "must be whole seconds from 1 to 3600, like 30".to_owned())
}

/// Parses a whole number within a range.
fn whole(text: &str, within: RangeInclusive<u32>) -> Option<u32> {
    text.parse().ok().filter(|number| within.contains(number))
}

fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| {
        "must be an address and a port, like 127.0.0.1:8001 or 0.0.0.0:8001".to_owned()
    })
}

/// Inserts `serve` if there is no command, so that bare `muster` accepts the flags of `serve`.
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
    fn an_invalid_number_is_reported_with_the_valid_range() {
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
    fn every_command_accepts_the_database() {
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
    fn refuses_invalid_flags() {
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
    fn parses_database_urls() {
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
