//! Flags for retention, the size limit and backups.

use crate::ops::clock::HOUR_MS;
use clap::Args;
use std::path::PathBuf;

/// The smallest limit: enough for the accounts and a day of a few computers.
const LEAST_BYTES: u64 = 10_000_000;
/// The longest retention: more makes no sense, and it must fit into milliseconds.
const MOST_HOURS: i64 = 1_000 * 365 * 24;

/// Retention, size limit and backups.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Storage")]
pub struct StorageArgs {
    /// How long to keep samples, counted back from the newest one: 5y, 90d, 36h. If the newest sample is suddenly
    /// more than a day ahead, nothing is deleted until samples have continued from there for a day
    #[arg(long = "retain", env = "MUSTER_RETAIN", default_value = "5y", value_name = "SPAN", value_parser = span_ms)]
    pub retain_ms: i64,
    /// Size limit of the database file: 2GB, 500MiB. Beyond it, the oldest days of all computers are deleted; the
    /// newest day is always kept [default: limited by the disk only]
    #[arg(long = "max-database-size", env = "MUSTER_MAX_DATABASE_SIZE", value_name = "SIZE", value_parser = size_bytes)]
    pub max_database_bytes: Option<u64>,
    /// Folder for one verified backup per day, muster-YYYY-MM-DD.db (UTC) [default: none]
    #[arg(long, env = "MUSTER_BACKUP_DIR", value_name = "DIR")]
    pub backup_dir: Option<PathBuf>,
    /// How many of these backups to keep
    #[arg(long, env = "MUSTER_BACKUP_KEEP", default_value = "7", value_name = "N", value_parser = backups)]
    pub backup_keep: u32,
}

impl Default for StorageArgs {
    fn default() -> Self {
        Self {
            retain_ms: 5 * 365 * 24 * HOUR_MS,
            max_database_bytes: None,
            backup_dir: None,
            backup_keep: 7,
        }
    }
}

/// Splits a whole number from its unit.
fn split(text: &str) -> Option<(u64, &str)> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    Some((number.parse().ok()?, unit.trim_start()))
}

fn backups(text: &str) -> Result<u32, String> {
    super::whole(text, 1..=10_000)
        .ok_or_else(|| "must be a number from 1 to 10000, like 7".to_owned())
}

/// Parses `5y`, `12w`, `90d`, `36h`. A year has 365 days. There is no `m`: it could be minutes or months.
fn span_ms(text: &str) -> Result<i64, String> {
    let refuse = || {
        "must be a whole number of years, weeks, days or hours, like 5y, 12w, 90d or 36h".to_owned()
    };
    let (number, unit) = split(text).ok_or_else(refuse)?;
    let unit_hours = match unit {
        "h" => 1,
        "d" => 24,
        "w" => 7 * 24,
        "y" => 365 * 24,
        _ => return Err(refuse()),
    };
    let hours = i64::try_from(number)
        .ok()
        .and_then(|number| number.checked_mul(unit_hours));
    match hours {
        Some(hours @ 1..=MOST_HOURS) => Ok(hours * HOUR_MS),
        _ => Err("must be between one hour and 1000 years".to_owned()),
    }
}

/// Parses `2GB` in powers of 1000, `500MiB` in powers of 1024.
fn size_bytes(text: &str) -> Result<u64, String> {
    let refuse = || "must be a whole number with a unit, like 2GB or 500MiB".to_owned();
    let (number, unit) = split(text).ok_or_else(refuse)?;
    let unit_bytes: u64 = match unit {
        "kB" | "KB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        "TB" => 1_000_000_000_000,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        "TiB" => 1 << 40,
        _ => return Err(refuse()),
    };
    match number.checked_mul(unit_bytes) {
        Some(bytes) if bytes >= LEAST_BYTES => Ok(bytes),
        Some(_) => Err("at least 10MB".to_owned()),
        None => Err("must be smaller: no disk is that large".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_durations() {
        for (text, hours) in [("36h", 36), ("90d", 2_160), ("2w", 336), ("5y", 43_800)] {
            assert_eq!(span_ms(text), Ok(hours * HOUR_MS), "{text}");
        }
        for text in [
            "",
            "5",
            "y",
            "-5y",
            "0d",
            "5m",
            "1.5y",
            "1001y",
            "99999999999999999999y",
        ] {
            assert!(span_ms(text).is_err(), "{text}");
        }
        assert_eq!(StorageArgs::default().retain_ms, span_ms("5y").unwrap());
    }

    #[test]
    fn parses_sizes() {
        for (text, bytes) in [
            ("2GB", 2_000_000_000),
            ("500MiB", 524_288_000),
            ("1 TiB", 1 << 40),
            ("20000kB", 20_000_000),
        ] {
            assert_eq!(size_bytes(text), Ok(bytes), "{text}");
        }
        for text in ["", "2", "GB", "2gb", "2G", "1MB", "-2GB", "99999999999TiB"] {
            assert!(size_bytes(text).is_err(), "{text}");
        }
    }
}
