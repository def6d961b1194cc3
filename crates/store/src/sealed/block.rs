//! Samples in memory as columns: their moments, and the values of each series.

use super::SealedError;
use super::series::{TIMES, clock_of, counter_of};
use crate::ChunkSet;
use muster_history::{Column, Counter, Dense, Times, Value};
use std::collections::BTreeMap;
use std::ops::Range;

/// Rising moments, and one value of each series for each of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Block {
    pub(crate) times: Vec<i64>,
    pub(crate) series: BTreeMap<i64, Vec<Option<Value>>>,
}

impl Block {
    /// Decodes the samples of a period with `from_ms <= moment < to_ms`, at most `limit` of them.
    pub(crate) fn decode(
        set: &ChunkSet,
        from_ms: i64,
        to_ms: i64,
        limit: usize,
    ) -> Result<Self, SealedError> {
        let (times, range) = times_between(set, from_ms, to_ms, limit)?;
        let mut series = BTreeMap::new();
        for &(id, _) in set.chunks.iter().filter(|&&(id, _)| id != TIMES) {
            series.insert(id, values(set, id, &times, range.clone())?);
        }
        let times = times.inside(&range).to_vec();
        Ok(Self { times, series })
    }
}

impl Block {
    /// Leaves out the samples of some moments.
    pub(crate) fn retain(&mut self, keep: impl Fn(i64) -> bool) {
        let kept: Vec<bool> = self.times.iter().map(|&time| keep(time)).collect();
        for values in self.series.values_mut() {
            let mut keep = kept.iter();
            values.retain(|_| keep.next() == Some(&true));
        }
        let mut keep = kept.iter();
        self.times.retain(|_| keep.next() == Some(&true));
    }
}

/// Decoded moments, and the index of the first of them in the period.
pub(crate) struct Decoded {
    pub(crate) first: usize,
    pub(crate) times: Vec<i64>,
    /// The number of samples in the period.
    pub(crate) all: usize,
}

impl Decoded {
    /// The moments of these samples.
    pub(crate) fn inside(&self, range: &Range<usize>) -> &[i64] {
        &self.times[range.start - self.first..range.end - self.first]
    }
}

/// The moments within a span, the one before it (for rates), and the range of samples within the span.
pub(crate) fn times_between(
    set: &ChunkSet,
    from_ms: i64,
    to_ms: i64,
    limit: usize,
) -> Result<(Decoded, Range<usize>), SealedError> {
    let bytes = set.chunk(TIMES).ok_or(SealedError::NoTimes)?;
    let mut chunk = Times::open(bytes).map_err(SealedError::Times)?;
    let cover = chunk.covering(from_ms, to_ms);
    let first = cover.start.saturating_sub(1);
    let mut times = Vec::new();
    chunk
        .decode(first..cover.end, &mut times)
        .map_err(SealedError::Times)?;
    let start = times.partition_point(|&time| time < from_ms);
    let end = times.partition_point(|&time| time < to_ms).max(start);
    let range = first + start..first + end.min(start.saturating_add(limit));
    let all = chunk.len();
    Ok((Decoded { first, times, all }, range))
}

/// The exact values of some samples of a series.
pub(crate) fn values(
    set: &ChunkSet,
    id: i64,
    times: &Decoded,
    range: Range<usize>,
) -> Result<Vec<Option<Value>>, SealedError> {
    let damaged = |error| SealedError::Series(id, error);
    let bytes = set.chunk(id).unwrap_or_default();
    let mut column = Column::open(bytes).map_err(damaged)?;
    if column.len() != times.all {
        return Err(SealedError::Length(id, column.len(), times.all));
    }
    if !column.needs_counter() {
        return column.values_within(range).map_err(damaged);
    }
    let counter = counter_of(id).and_then(|counter| set.chunk(counter));
    let counter = counter.ok_or(SealedError::NoCounter(id))?;
    let known = range.start.saturating_sub(1)..range.end;
    let mut counts = Dense::default();
    Column::open(counter)
        .and_then(|mut counter| counter.integers(known.clone(), &mut counts))
        .map_err(damaged)?;
    let shares_clock = column.needs_clock();
    let ticks = shares_clock
        .then(|| ticks(set, id, range.clone()))
        .transpose()?;
    let counter = Counter {
        first: known.start,
        times: times.inside(&known),
        counts: &counts,
        ticks: ticks.as_ref(),
    };
    column.rate_values(range, counter).map_err(damaged)
}

/// The ticks of the clock that these rates share with the chunk of other rates.
fn ticks(set: &ChunkSet, id: i64, range: Range<usize>) -> Result<Dense<i64>, SealedError> {
    let clock = clock_of(id).and_then(|clock| set.chunk(clock));
    let clock = clock.ok_or(SealedError::NoClock(id))?;
    let mut ticks = Dense::default();
    Column::open(clock)
        .and_then(|mut clock| clock.ticks(range, &mut ticks))
        .map_err(|error| SealedError::Series(id, error))?;
    Ok(ticks)
}
