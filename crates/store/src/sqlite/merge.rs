//! Merges days into months, and splits a month into its days to delete some of them.

use super::SqliteStore;
use super::blocking::blocking;
use super::chunks::SqliteChunks;
use crate::sealed::{
    DAY_MS, Piece, SealedError, Source, day_of, month_of, one_piece, pieces_by_day, recode,
};
use crate::{ChunkSet, ChunkStore, PeriodInfo, PeriodKey, PeriodLength, Result, SeriesFilter};
use std::collections::BTreeMap;

/// A month with more samples (one each 2.6 s) stays days: a chunk cannot have more.
const MAX_SAMPLES: u64 = muster_history::format::MAX_ENTRIES as u64;

/// A month with fewer samples stays days: its chunks would be smaller than a page.
const MIN_SAMPLES: u64 = 5_000;

/// Merges the days of the oldest month that is due.
pub(super) async fn merge_month(
    store: &SqliteStore,
    computer_id: i64,
    from_ms: i64,
    before_ms: i64,
) -> Result<u64> {
    // No day may be sealed again while it is merged.
    let _alone = store.sealing.lock().await;
    let (periods, sets) = {
        let mut snapshot = store.readers.begin().await?;
        let mut chunks = SqliteChunks(&mut snapshot);
        let info = chunks.list(computer_id, from_ms, before_ms).await?;
        let Some(periods) = due(&info, from_ms, before_ms) else {
            return Ok(0);
        };
        let sets = chunks.get(computer_id, SeriesFilter::All, &periods).await?;
        (periods, sets)
    };
    let start_ms = periods[0].period.start_ms;
    let start_ms = month_of(start_ms).map_or(start_ms, |month| month.start);
    let month = PeriodKey::next_version(&periods, start_ms, PeriodLength::Month);
    let info = PeriodInfo {
        period: month,
        ..periods[0]
    };
    let merged = blocking(computer_id, &info, move || {
        let sources: Result<Vec<_>, _> = sets.into_iter().map(Source::from_set).collect();
        recode(&sources?, one_piece)
    })
    .await?;
    let new: Vec<_> = merged
        .into_iter()
        .map(|piece| piece.into_set(month))
        .collect();
    let is_part = |info: &&PeriodInfo| info.period.length != PeriodLength::Month;
    let days: Vec<_> = periods.iter().filter(is_part).copied().collect();
    replace_periods(store, computer_id, &days, &new).await?;
    Ok(days.len() as u64)
}

/// Splits a month into its days, which take slightly more space.
pub(super) async fn split_month(
    store: &SqliteStore,
    computer_id: i64,
    month: PeriodInfo,
) -> Result<()> {
    let start_ms = day_of(month.first_ms);
    let end_ms = day_of(month.last_ms).saturating_add(DAY_MS);
    let mut snapshot = store.readers.begin().await?;
    let mut chunks = SqliteChunks(&mut snapshot);
    let periods = chunks.list(computer_id, start_ms, end_ms).await?;
    let sets = chunks.get(computer_id, SeriesFilter::All, &periods).await?;
    drop(snapshot);
    let pieces = blocking(computer_id, &month, move || {
        let sources: Result<Vec<_>, SealedError> = sets.into_iter().map(Source::from_set).collect();
        recode(&sources?, pieces_by_day)
    })
    .await?;
    let day = |piece: Piece| {
        let start_ms = day_of(piece.first_ms);
        let key = PeriodKey::next_version(&periods, start_ms, PeriodLength::Day);
        piece.into_set(key)
    };
    let days: Vec<_> = pieces.into_iter().map(day).collect();
    let others: Vec<_> = periods
        .into_iter()
        .filter(|info| info.period.length != PeriodLength::Day)
        .collect();
    replace_periods(store, computer_id, &others, &days).await
}

/// Stores new periods and deletes old ones, in one transaction. The caller holds the lock of sealing.
async fn replace_periods(
    store: &SqliteStore,
    computer_id: i64,
    old: &[PeriodInfo],
    new: &[ChunkSet],
) -> Result<()> {
    let mut transaction = store.begin().await?;
    let mut chunks = SqliteChunks(&mut transaction);
    for set in new {
        chunks.put(computer_id, set).await?;
    }
    for info in old {
        chunks.delete(computer_id, info.period).await?;
    }
    Ok(transaction.commit().await?)
}

/// The periods of the oldest month that is over and has days.
fn due(info: &[PeriodInfo], from_ms: i64, before_ms: i64) -> Option<Vec<PeriodInfo>> {
    let mut months: BTreeMap<i64, Vec<PeriodInfo>> = BTreeMap::new();
    for info in info {
        if let Some(month) = month_of(info.period.start_ms)
            && month.start >= from_ms
            && month.end <= before_ms
        {
            months.entry(month.start).or_default().push(*info);
        }
    }
    let is_part = |info: &PeriodInfo| info.period.length != PeriodLength::Month;
    months.into_values().find(|periods| {
        let samples: u64 = periods.iter().map(|info| info.samples).sum();
        periods.iter().any(is_part) && (MIN_SAMPLES..=MAX_SAMPLES).contains(&samples)
    })
}
