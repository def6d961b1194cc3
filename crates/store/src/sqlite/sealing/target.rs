//! Where rows go: a period in its next version, with what is sealed of it already.

use super::super::chunks::SqliteChunks;
use crate::sealed::{
    self, Block, DAY_MS, HOUR_MS, SealedError, Source, TIMES, day_of, recode, whole,
};
use crate::{ChunkSet, Chunks, Length, Listed, Period, Result, Wanted};
use sqlx::SqliteConnection;

/// A period that rows are put into.
pub(super) struct Target {
    /// It, in its next version.
    pub(super) listed: Listed,
    /// What becomes part of it: itself as it is, and the hours of a day.
    parts: Vec<ChunkSet>,
    /// The moments of longer periods that hold samples of it too: what is among them came before.
    sealed: Vec<ChunkSet>,
}

impl Target {
    /// What is there of the period. Where that is an hour of a day that is sealed, it is the day.
    pub(super) async fn read(
        connection: &mut SqliteConnection,
        computer_id: i64,
        start_ms: i64,
        length: Length,
    ) -> Result<Self> {
        let mut chunks = SqliteChunks(connection);
        let day_ms = day_of(start_ms);
        let day_end_ms = day_ms.saturating_add(DAY_MS);
        let there = chunks.list(computer_id, day_ms, day_end_ms).await?;
        // An hour beside a day or a month would lie there until somebody looked for it.
        let is_longer = |listed: &Listed| listed.period.length > Length::Hour;
        let is_hour = length == Length::Hour && !there.iter().any(is_longer);
        let (start_ms, end_ms) = match is_hour {
            true => (start_ms, start_ms.saturating_add(HOUR_MS)),
            false => (day_ms, day_end_ms),
        };
        let within = there.into_iter();
        let within = within.filter(|listed| listed.first_ms < end_ms && listed.last_ms >= start_ms);
        let (parts, longer): (Vec<_>, Vec<_>) =
            within.partition(|listed| listed.period.length != Length::Month);
        let length = if is_hour { Length::Hour } else { Length::Day };
        Ok(Self {
            listed: next(&parts, start_ms, length),
            parts: chunks.get(computer_id, Wanted::All, &parts).await?,
            sealed: chunks
                .get(computer_id, Wanted::Some(&[TIMES]), &longer)
                .await?,
        })
    }

    /// The periods in whose place it comes, but for its own older version.
    pub(super) fn replaced(&self) -> Vec<Period> {
        let parts = self.parts.iter().map(|set| set.listed.period);
        let is_other = |period: &Period| period.length != self.listed.period.length;
        parts.filter(is_other).collect()
    }

    /// The period with new samples in it; none where that changes nothing.
    pub(super) fn with(self, mut new: Block) -> Result<Option<ChunkSet>, SealedError> {
        for set in &self.sealed {
            if let Some((&first_ms, &last_ms)) = new.times.first().zip(new.times.last()) {
                let there = sealed::moments(set, first_ms, last_ms.saturating_add(1))?;
                new.retain(|moment_ms| there.binary_search(&moment_ms).is_err());
            }
        }
        let is_new = !new.times.is_empty() || !self.replaced().is_empty();
        let period = self.listed.period;
        let there: Result<Vec<_>, _> = self.parts.into_iter().map(Source::of_set).collect();
        let mut sources = there?;
        if !new.times.is_empty() {
            sources.push(Source::Block(new));
        }
        if !is_new {
            return Ok(None);
        }
        let pieces = recode(&sources, whole)?;
        Ok(pieces
            .into_iter()
            .next()
            .map(|piece| piece.into_set(period)))
    }
}

/// The period in the version that follows on the one that may be among these.
fn next(parts: &[Listed], start_ms: i64, length: Length) -> Listed {
    let own = parts.iter().filter(|part| part.period.length == length);
    let version = own.map(|part| part.period.version).max().unwrap_or(0) + 1;
    Listed {
        period: Period {
            start_ms,
            length,
            version,
        },
        first_ms: start_ms,
        last_ms: start_ms,
        samples: 0,
    }
}
