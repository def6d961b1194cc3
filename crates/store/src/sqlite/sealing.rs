//! Rows become chunks.

use super::chunks::SqliteChunks;
use super::samples::blocking;
use super::taken::Taken;
use super::{SqliteStore, months, row};
use crate::sealed::{self, Block, DAY_MS, SealedError, Source, TIMES, day_of, recode, whole};
use crate::{ChunkSet, Chunks, Length, Listed, Period, Result, Sealing, Wanted};
use async_trait::async_trait;
use sqlx::SqliteConnection;

/// The oldest and the newest row of each computer.
pub(super) const ENDS: &str = "SELECT id, \
        (SELECT min(timestamp_ms) FROM stats WHERE computer_id = c.id AND timestamp_ms IS NOT NULL), \
        (SELECT max(timestamp_ms) FROM stats WHERE computer_id = c.id AND timestamp_ms IS NOT NULL) \
    FROM computers c WHERE removed_ms IS NULL";

/// The oldest row from a moment on, and the newest of all.
pub(super) const NEXT: &str = "SELECT \
        (SELECT min(timestamp_ms) FROM stats WHERE computer_id = ?1 AND timestamp_ms >= ?2), \
        (SELECT max(timestamp_ms) FROM stats WHERE computer_id = ?1 AND timestamp_ms IS NOT NULL)";

/// The oldest day of each computer that is in no month.
pub(super) const UNMERGED: &str = "SELECT id, \
        (SELECT min(day_ms) FROM days WHERE computer_id = c.id AND day_ms >= ?) \
    FROM computers c WHERE removed_ms IS NULL";

#[async_trait]
impl Sealing for SqliteStore {
    async fn oldest_unsealed(&self) -> Result<Vec<(i64, i64)>> {
        let rows = sqlx::query(ENDS).fetch_all(&self.readers).await?;
        let ends = rows.iter().filter_map(|row| {
            let oldest_ms = row::integer(row, 1)?;
            // The only row of a computer is its newest.
            (Some(oldest_ms) != row::integer(row, 2)).then_some((row::integer(row, 0)?, oldest_ms))
        });
        Ok(ends.collect())
    }

    async fn seal_day(&self, computer_id: i64, before_ms: i64) -> Result<u64> {
        let mut from_ms = i64::MIN;
        loop {
            let row = sqlx::query(NEXT)
                .bind(computer_id)
                .bind(from_ms)
                .fetch_one(&self.readers)
                .await?;
            let (Some(oldest_ms), Some(newest_ms)) = (row::integer(&row, 0), row::integer(&row, 1))
            else {
                return Ok(0);
            };
            let before_ms = before_ms.min(newest_ms);
            if oldest_ms >= before_ms {
                return Ok(0);
            }
            let day_ms = day_of(oldest_ms);
            let end_ms = before_ms.min(day_ms.saturating_add(DAY_MS));
            let taken = Taken::rows(&self.readers, computer_id, day_ms, end_ms).await?;
            if !taken.is_empty() {
                return self.seal(computer_id, day_ms, taken).await;
            }
            // Nothing in this day but rows that only a script writes: they stay, and the next day is looked at.
            from_ms = day_ms.saturating_add(DAY_MS);
        }
    }

    async fn oldest_unmerged(&self, from_ms: i64) -> Result<Vec<(i64, i64)>> {
        let rows = sqlx::query(UNMERGED)
            .bind(from_ms)
            .fetch_all(&self.readers)
            .await?;
        let oldest = rows
            .iter()
            .filter_map(|row| row::integer(row, 0).zip(row::integer(row, 1)));
        Ok(oldest.collect())
    }

    async fn merge_month(&self, computer_id: i64, from_ms: i64, before_ms: i64) -> Result<u64> {
        months::merge(self, computer_id, from_ms, before_ms).await
    }
}

impl SqliteStore {
    async fn seal(&self, computer_id: i64, day_ms: i64, taken: Taken) -> Result<u64> {
        // One at a time: what is stored of the day must not change between reading and putting.
        let _alone = self.sealing.lock().await;
        let (new, there) = {
            let mut transaction = self.begin().await?;
            let new = taken.block(&mut transaction, &self.names).await?;
            let there = Day::read(&mut transaction, computer_id, day_ms).await?;
            transaction.commit().await?;
            (new, there)
        };
        self.names.refresh(&self.readers).await?;
        let listed = there.listed;
        let set = blocking(computer_id, &listed, move || there.with(new)).await?;
        let mut transaction = self.begin().await?;
        if let Some(set) = set {
            SqliteChunks(&mut transaction)
                .put(computer_id, &set)
                .await?;
        }
        if !taken.delete(&mut transaction).await? {
            // Removed meanwhile, and partly deleted: nothing is sealed, nothing is lost.
            transaction.rollback().await?;
            return Ok(0);
        }
        transaction.commit().await?;
        Ok(taken.len() as u64)
    }
}

/// What is sealed of a day already.
struct Day {
    /// The day in its next version.
    listed: Listed,
    set: Option<ChunkSet>,
    /// The moments of a month that holds samples of it too: what is among them came before.
    sealed: Vec<ChunkSet>,
}

impl Day {
    async fn read(
        connection: &mut SqliteConnection,
        computer_id: i64,
        day_ms: i64,
    ) -> Result<Self> {
        let mut chunks = SqliteChunks(connection);
        let end_ms = day_ms.saturating_add(DAY_MS);
        let there = chunks.list(computer_id, day_ms, end_ms).await?;
        let (days, months): (Vec<_>, Vec<_>) = there
            .into_iter()
            .partition(|listed| listed.period.length == Length::Day);
        let mut day = chunks.get(computer_id, Wanted::All, &days).await?;
        let set = day.pop();
        let version = set.as_ref().map_or(0, |set| set.listed.period.version);
        let period = Period {
            start_ms: day_ms,
            length: Length::Day,
            version: version + 1,
        };
        let times = Wanted::Some(&[TIMES]);
        Ok(Self {
            listed: Listed {
                period,
                first_ms: 0,
                last_ms: 0,
                samples: 0,
            },
            set,
            sealed: chunks.get(computer_id, times, &months).await?,
        })
    }

    /// The day with new samples in it; none where all of these were there before.
    fn with(self, mut new: Block) -> Result<Option<ChunkSet>, SealedError> {
        let (Some(&first_ms), Some(&last_ms)) = (new.times.first(), new.times.last()) else {
            return Ok(None);
        };
        for set in &self.sealed {
            let there = sealed::moments(set, first_ms, last_ms.saturating_add(1))?;
            new.retain(|moment_ms| there.binary_search(&moment_ms).is_err());
        }
        if new.times.is_empty() {
            return Ok(None);
        }
        let there = self.set.map(Source::of_set).transpose()?;
        let sources: Vec<_> = there.into_iter().chain([Source::Block(new)]).collect();
        let pieces = recode(&sources, whole)?;
        Ok(pieces
            .into_iter()
            .next()
            .map(|piece| piece.into_set(self.listed.period)))
    }
}
