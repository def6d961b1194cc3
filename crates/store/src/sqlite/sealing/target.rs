//! The target of sealing: a period in its next version, with its existing chunks.

use super::super::chunks::SqliteChunks;
use crate::sealed::{
    self, Block, DAY_MS, HOUR_MS, SealedError, Source, TIMES, day_of, one_piece, recode,
};
use crate::{ChunkSet, ChunkStore, PeriodInfo, PeriodKey, PeriodLength, Result, SeriesFilter};
use sqlx::SqliteConnection;

/// A period that receives rows.
pub(super) struct Target {
    /// The period in its next version.
    pub(super) info: PeriodInfo,
    /// Its parts: its current version, and the hours of a day.
    parts: Vec<ChunkSet>,
    /// The moments of longer periods that overlap it: their samples are sealed already.
    sealed: Vec<ChunkSet>,
}

impl Target {
    /// Reads the existing chunks of a period. If the day of an hour is sealed, the day is the target.
    pub(super) async fn load(
        connection: &mut SqliteConnection,
        computer_id: i64,
        start_ms: i64,
        length: PeriodLength,
    ) -> Result<Self> {
        let mut chunks = SqliteChunks(connection);
        let day_ms = day_of(start_ms);
        let day_end_ms = day_ms.saturating_add(DAY_MS);
        let there = chunks.list(computer_id, day_ms, day_end_ms).await?;
        // Nothing would merge an hour beside a sealed day or month.
        let is_longer = |info: &PeriodInfo| info.period.length > PeriodLength::Hour;
        let is_hour = length == PeriodLength::Hour && !there.iter().any(is_longer);
        let (length, start_ms, end_ms) = if is_hour {
            (
                PeriodLength::Hour,
                start_ms,
                start_ms.saturating_add(HOUR_MS),
            )
        } else {
            (PeriodLength::Day, day_ms, day_end_ms)
        };
        let within = there.into_iter();
        let within = within.filter(|info| info.first_ms < end_ms && info.last_ms >= start_ms);
        let (parts, longer): (Vec<_>, Vec<_>) =
            within.partition(|info| info.period.length != PeriodLength::Month);
        Ok(Self {
            info: PeriodInfo {
                period: PeriodKey::next_version(&parts, start_ms, length),
                first_ms: start_ms,
                last_ms: start_ms,
                samples: 0,
            },
            parts: chunks.get(computer_id, SeriesFilter::All, &parts).await?,
            sealed: chunks
                .get(computer_id, SeriesFilter::Only(&[TIMES]), &longer)
                .await?,
        })
    }

    /// The periods that it replaces, without its own older version.
    pub(super) fn replaced(&self) -> Vec<PeriodKey> {
        let parts = self.parts.iter().map(|set| set.info.period);
        let is_other = |period: &PeriodKey| period.length != self.info.period.length;
        parts.filter(is_other).collect()
    }

    /// Adds new samples; `None` if nothing changes.
    pub(super) fn with(self, mut new: Block) -> Result<Option<ChunkSet>, SealedError> {
        for set in &self.sealed {
            if let Some((&first_ms, &last_ms)) = new.times.first().zip(new.times.last()) {
                let there = sealed::decode_moments(set, first_ms, last_ms.saturating_add(1))?;
                new.retain(|moment_ms| there.binary_search(&moment_ms).is_err());
            }
        }
        let is_new = !new.times.is_empty() || !self.replaced().is_empty();
        let period = self.info.period;
        let there: Result<Vec<_>, _> = self.parts.into_iter().map(Source::from_set).collect();
        let mut sources = there?;
        if !new.times.is_empty() {
            sources.push(Source::Block(new));
        }
        if !is_new {
            return Ok(None);
        }
        let pieces = recode(&sources, one_piece)?;
        Ok(pieces
            .into_iter()
            .next()
            .map(|piece| piece.into_set(period)))
    }
}
