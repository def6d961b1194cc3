//! Problems that keep the server from doing all of its work: a code with parameters, and the same in English.

use crate::ops::clock::to_second;
use serde::Serialize;
use strum::{IntoStaticStr, VariantNames};
use thiserror::Error;

/// A problem that the operator should know about, worst first. The code of `DiskNearlyFull` is `disk_nearly_full`, and so on.
#[derive(Clone, Debug, Error, PartialEq, Eq, Serialize, IntoStaticStr, VariantNames)]
#[serde(tag = "code", content = "params", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ServerProblem {
    #[error(
        "the server is starting: it opens its database, which takes a while if it must migrate it"
    )]
    Starting,
    #[error("the server is stopping")]
    Stopping,
    #[error("the server no longer polls its computers: restart it; the log may say why")]
    PollingStopped,
    #[error(
        "the disk of the database is nearly full: samples wait in memory while there is room for them"
    )]
    DiskNearlyFull,
    #[error("the database cannot be written: samples wait in memory; the log says why")]
    DatabaseNotWritable,
    /// `detail` is English.
    #[error("the last backup failed: {detail}")]
    BackupFailed { detail: String },
    /// Both in Unix milliseconds.
    #[error(
        "the time of the newest sample jumped from {} to {} (UTC); old samples are not deleted until samples have \
         continued from there for a day: check the clock",
        to_second(*from_ms),
        to_second(*to_ms)
    )]
    ClockJumped { from_ms: i64, to_ms: i64 },
    #[error(
        "the database is larger than --max-database-size: only its newest day is left, which is never deleted"
    )]
    DatabaseTooLarge,
    /// `from_ms` is in Unix milliseconds.
    #[error(
        "the history begins at {} (UTC), because --max-database-size leaves no space for more",
        to_second(*from_ms)
    )]
    HistoryCut { from_ms: i64 },
}

impl ServerProblem {
    /// Every code.
    pub const CODES: &'static [&'static str] = <Self as VariantNames>::VARIANTS;

    /// The code, such as `backup_failed`.
    pub fn code(&self) -> &'static str {
        self.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_parameters_are_those_of_the_api() {
        let jumped = ServerProblem::ClockJumped {
            from_ms: 0,
            to_ms: 86_400_000,
        };
        let sent = serde_json::to_string(&jumped).unwrap();
        assert_eq!(
            sent,
            r#"{"code":"clock_jumped","params":{"from_ms":0,"to_ms":86400000}}"#
        );
        assert!(
            jumped
                .to_string()
                .contains("from 1970-01-01 00:00:00 to 1970-01-02")
        );
        assert!(ServerProblem::CODES.contains(&jumped.code()));
    }
}
