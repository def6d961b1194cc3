//! Sealed samples into the buckets of a chart: what is needed of them is decoded, and nothing is kept.

use super::block::times_between;
use super::series::counter_of;
use super::{SealedError, TIMES};
use crate::ChunkSet;
use muster_history::{Buckets, Column, Counter, Dense};
use std::ops::Range;

/// The moments of a period with `from_ms <= moment < to_ms`.
pub(crate) fn moments(set: &ChunkSet, from_ms: i64, to_ms: i64) -> Result<Vec<i64>, SealedError> {
    let (times, range) = times_between(set, from_ms, to_ms, usize::MAX)?;
    Ok(times.inside(&range).to_vec())
}

/// Adds the values of a period with `from_ms <= moment < to_ms` to a chart for each series; one without a
/// number has none.
pub(crate) fn add_to_charts(
    set: &ChunkSet,
    series: &[Option<i64>],
    (from_ms, to_ms): (i64, i64),
    charts: &mut [Buckets],
) -> Result<(), SealedError> {
    let (times, range) = times_between(set, from_ms, to_ms, usize::MAX)?;
    let mut floats = Dense::default();
    for (&id, chart) in series.iter().zip(charts) {
        let Some(id) = id.filter(|&id| id != TIMES && set.chunk(id).is_some()) else {
            continue;
        };
        floats_of(set, id, &times, range.clone(), &mut floats)?;
        for (entry, value) in floats.iter() {
            chart.add(times.inside(&range)[entry], value);
        }
    }
    Ok(())
}

fn floats_of(
    set: &ChunkSet,
    id: i64,
    times: &super::block::Decoded,
    range: Range<usize>,
    floats: &mut Dense<f64>,
) -> Result<(), SealedError> {
    let damaged = |error| SealedError::Series(id, error);
    let mut column = Column::open(set.chunk(id).unwrap_or_default()).map_err(damaged)?;
    if !column.needs_counter() {
        return column.floats(range, floats).map_err(damaged);
    }
    let counter = counter_of(id).and_then(|counter| set.chunk(counter));
    let counter = counter.ok_or(SealedError::NoCounter(id))?;
    let known = range.start.saturating_sub(1)..range.end;
    let mut counts = Dense::default();
    Column::open(counter)
        .and_then(|mut counter| counter.integers(known.clone(), &mut counts))
        .map_err(damaged)?;
    let counter = Counter {
        first: known.start,
        times: times.inside(&known),
        counts: &counts,
    };
    column.rates(range, counter, floats).map_err(damaged)
}
