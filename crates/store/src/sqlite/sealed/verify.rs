//! Looking over sealed days: every chunk is decoded.

use super::day::Day;
use crate::Error;
use crate::sqlite::verify::Report;
use sqlx::{Row, SqliteConnection};

const AFTER: &str = "SELECT computer_id, day_ms, first_ms, last_ms, samples, chunks FROM days \
    WHERE (computer_id, day_ms) > (?, ?) ORDER BY computer_id, day_ms LIMIT 1";

/// Decodes each day, one after another, so that memory stays small; adds what is wrong, and what they hold.
pub(crate) async fn look_over(
    connection: &mut SqliteConnection,
    report: &mut Report,
) -> sqlx::Result<()> {
    let (mut computer_id, mut day_ms) = (i64::MIN, i64::MIN);
    loop {
        let row = sqlx::query(AFTER)
            .bind(computer_id)
            .bind(day_ms)
            .fetch_optional(&mut *connection)
            .await?;
        let Some(row) = row else {
            return Ok(());
        };
        (computer_id, day_ms) = (row.try_get(0)?, row.try_get(1)?);
        let told = Told {
            first_ms: row.try_get(2)?,
            last_ms: row.try_get(3)?,
            samples: row.try_get(4)?,
        };
        let chunks: Vec<u8> = row.try_get(5)?;
        if let Err(detail) = told.check(&chunks) {
            let error = Error::damaged_day(computer_id, day_ms, &detail);
            report.problems.push(error.to_string());
        }
        told.add_to(report);
    }
}

/// What stands beside a day's chunks.
struct Told {
    first_ms: i64,
    last_ms: i64,
    samples: i64,
}

impl Told {
    fn check(&self, chunks: &[u8]) -> Result<(), String> {
        let day = Day::decode(chunks, |_| true).map_err(|error| error.to_string())?;
        let (first, last) = (day.times.first(), day.times.last());
        let same = first == Some(&self.first_ms)
            && last == Some(&self.last_ms)
            && i64::try_from(day.times.len()) == Ok(self.samples);
        if same {
            Ok(())
        } else {
            Err("its chunks hold other moments than what stands beside them".into())
        }
    }

    fn add_to(&self, report: &mut Report) {
        let summary = &mut report.summary;
        summary.samples += self.samples.unsigned_abs();
        summary.first_ms = Some(
            summary
                .first_ms
                .map_or(self.first_ms, |first| first.min(self.first_ms)),
        );
        summary.last_ms = Some(
            summary
                .last_ms
                .map_or(self.last_ms, |last| last.max(self.last_ms)),
        );
    }
}
