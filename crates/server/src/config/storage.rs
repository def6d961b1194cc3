//! Flags of what is kept: for how long, in how much room, and copied where.

use clap::Args;
use std::path::PathBuf;

const HOUR_MS: i64 = 3_600_000;
/// Less than this would not hold the accounts and a day of a few computers.
const LEAST_BYTES: u64 = 10_000_000;
/// Nobody means more, and it stays a number of milliseconds.
const MOST_HOURS: i64 = 1_000 * 365 * 24;

/// What is kept.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Storage")]
pub struct StorageArgs {
    /// How long samples are kept, counted back from the newest of all: 5y, 90d, 36h. Where the newest is
    /// suddenly more than a day ahead, nothing is deleted until that has held for a day
    #[arg(long = "retain", env = "MUSTER_RETAIN", default_value = "5y", value_name = "SPAN", value_parser = span_ms)]
    pub retain_ms: i64,
    /// How large the database file may grow: 2GB, 500MiB. Beyond it the oldest days of all computers go
    /// first; the newest day is kept in any case [default: as large as the disk allows]
    #[arg(long = "max-database-size", env = "MUSTER_MAX_DATABASE_SIZE", value_name = "SIZE", value_parser = size_bytes)]
    pub max_database_bytes: Option<u64>,
    /// A folder for a copy a day, muster-YYYY-MM-DD.db (UTC), each opened and verified [default: none]
    #[arg(long, env = "MUSTER_BACKUP_DIR", value_name = "DIR")]
    pub backup_dir: Option<PathBuf>,
    /// How many of these copies are kept
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

/// A whole number and its unit.
fn split(text: &str) -> Option<(u64, &str)> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    Some((number.parse().ok()?, unit.trim_start()))
}

fn backups(text: &str) -> Result<u32, String> {
    super::whole(text, 1..=10_000).ok_or_else(|| "give a number from 1 to 10000, like 7".to_owned())
}

/// `5y`, `12w`, `90d`, `36h`. A year has 365 days; there is no `m`, which could be either of two.
fn span_ms(text: &str) -> Result<i64, String> {
    let refuse =
        || "a whole number of years, weeks, days or hours, like 5y, 12w, 90d or 36h".to_owned();
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
        _ => Err("from one hour to 1000 years".to_owned()),
    }
}

/// `2GB` in powers of 1000, `500MiB` in powers of 1024.
fn size_bytes(text: &str) -> Result<u64, String> {
    let refuse = || "a whole number and its unit, like 2GB or 500MiB".to_owned();
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
        None => Err("more than there are disks for".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_spans() {
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
    fn reads_sizes() {
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
