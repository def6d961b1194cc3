//! Days become months once these are over, and days again where only some of them are to be deleted.

use super::SqliteStore;
use super::blocking::blocking;
use super::chunks::SqliteChunks;
use crate::sealed::{DAY_MS, Piece, SealedError, Source, by_day, day_of, month_of, recode, whole};
use crate::{ChunkSet, Chunks, Length, Listed, Period, Result, Wanted};
use std::collections::BTreeMap;

/// A month that is denser than this (one each 2.6 s) stays days: it would fill no chunk but memory.
const MAX_SAMPLES: u64 = muster_history::format::MAX_ENTRIES as u64;

/// And one with fewer too: its chunks would be smaller than the pages that they lie in.
const MIN_SAMPLES: u64 = 5_000;

/// Merges the days of the oldest month that is due.
pub(super) async fn merge(
    store: &SqliteStore,
    computer_id: i64,
    from_ms: i64,
    before_ms: i64,
) -> Result<u64> {
    // Whoever seals must not put a day anew that is merged meanwhile.
    let _alone = store.sealing.lock().await;
    let (periods, sets) = {
        let mut snapshot = store.readers.begin().await?;
        let mut chunks = SqliteChunks(&mut snapshot);
        let listed = chunks.list(computer_id, from_ms, before_ms).await?;
        let Some(periods) = due(&listed, from_ms, before_ms) else {
            return Ok(0);
        };
        let sets = chunks.get(computer_id, Wanted::All, &periods).await?;
        (periods, sets)
    };
    let month = next_version(&periods);
    let listed = Listed {
        period: month,
        ..periods[0]
    };
    let merged = blocking(computer_id, &listed, move || {
        let sources: Result<Vec<_>, _> = sets.into_iter().map(Source::of_set).collect();
        recode(&sources?, whole)
    })
    .await?;
    let new = merged.into_iter().map(|piece| piece.into_set(month));
    let is_part = |listed: &&Listed| listed.period.length != Length::Month;
    let days: Vec<_> = periods.iter().filter(is_part).copied().collect();
    let done = replace(store, computer_id, &days, new.collect()).await?;
    Ok(if done { days.len() as u64 } else { 0 })
}

/// Takes a month apart into its days; they are a little larger together.
pub(super) async fn split(store: &SqliteStore, computer_id: i64, month: Listed) -> Result<()> {
    let start_ms = day_of(month.first_ms);
    let end_ms = day_of(month.last_ms).saturating_add(DAY_MS);
    let mut snapshot = store.readers.begin().await?;
    let mut chunks = SqliteChunks(&mut snapshot);
    let periods = chunks.list(computer_id, start_ms, end_ms).await?;
    let sets = chunks.get(computer_id, Wanted::All, &periods).await?;
    drop(snapshot);
    let late: BTreeMap<i64, i64> = sets
        .iter()
        .filter(|set| set.listed.period.length == Length::Day)
        .map(|set| (set.listed.period.start_ms, set.listed.period.version))
        .collect();
    let pieces = blocking(computer_id, &month, move || {
        let sources: Result<Vec<_>, SealedError> = sets.into_iter().map(Source::of_set).collect();
        recode(&sources?, by_day)
    })
    .await?;
    let day = |piece: Piece| {
        let start_ms = day_of(piece.first_ms);
        piece.into_set(Period {
            start_ms,
            length: Length::Day,
            version: late.get(&start_ms).map_or(1, |version| version + 1),
        })
    };
    let days = pieces.into_iter().map(day).collect();
    let others: Vec<_> = periods
        .into_iter()
        .filter(|listed| listed.period.length != Length::Day)
        .collect();
    replace(store, computer_id, &others, days).await?;
    Ok(())
}

/// Puts new periods and deletes old ones, in one transaction; false, and nothing changed, where an old one
/// is gone meanwhile.
async fn replace(
    store: &SqliteStore,
    computer_id: i64,
    old: &[Listed],
    new: Vec<ChunkSet>,
) -> Result<bool> {
    let mut transaction = store.begin().await?;
    let mut chunks = SqliteChunks(&mut transaction);
    for set in &new {
        chunks.put(computer_id, set).await?;
    }
    for listed in old {
        if !chunks.delete(computer_id, listed.period).await? {
            transaction.rollback().await?;
            return Ok(false);
        }
    }
    transaction.commit().await?;
    Ok(true)
}

/// The periods of the oldest month that is over and has days.
fn due(listed: &[Listed], from_ms: i64, before_ms: i64) -> Option<Vec<Listed>> {
    let mut months: BTreeMap<i64, Vec<Listed>> = BTreeMap::new();
    for listed in listed {
        if let Some(month) = month_of(listed.period.start_ms)
            && month.start >= from_ms
            && month.end <= before_ms
        {
            months.entry(month.start).or_default().push(*listed);
        }
    }
    let is_part = |listed: &Listed| listed.period.length != Length::Month;
    months.into_values().find(|periods| {
        let samples: u64 = periods.iter().map(|listed| listed.samples).sum();
        periods.iter().any(is_part) && (MIN_SAMPLES..=MAX_SAMPLES).contains(&samples)
    })
}

/// The month of some periods, newer than the one that may be among them.
fn next_version(periods: &[Listed]) -> Period {
    let months = periods
        .iter()
        .filter(|listed| listed.period.length == Length::Month);
    let version = months.map(|listed| listed.period.version).max();
    let start_ms = periods.first().map_or(0, |listed| listed.period.start_ms);
    Period {
        start_ms: month_of(start_ms).map_or(start_ms, |month| month.start),
        length: Length::Month,
        version: version.unwrap_or(0) + 1,
    }
}
