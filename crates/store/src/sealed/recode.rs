//! Encodes samples from rows, from chunks or from both into one or more pieces.
//!
//! It decodes, orders and encodes one series after another, so that memory stays small however many there are.

mod writer;

use super::block::{Decoded, times_between, values};
use super::series::{TIMES, clock_of};
use super::{Block, SealedError, day_of};
use crate::{ChunkSet, PeriodInfo, PeriodKey};
use bytes::Bytes;
use muster_history::Value;
use std::collections::BTreeSet;
use std::ops::Range;
use writer::Writer;

/// A source of samples.
pub(crate) enum Source {
    /// Rows.
    Block(Block),
    /// Chunks, with their decoded moments.
    Set(ChunkSet, Decoded),
}

/// The content of a period.
pub(crate) struct Piece {
    pub(crate) first_ms: i64,
    pub(crate) last_ms: i64,
    pub(crate) samples: usize,
    pub(crate) chunks: Vec<(i64, Bytes)>,
}

impl Piece {
    /// Makes it a period.
    pub(crate) fn into_set(self, period: PeriodKey) -> ChunkSet {
        ChunkSet {
            info: PeriodInfo {
                period,
                first_ms: self.first_ms,
                last_ms: self.last_ms,
                samples: self.samples as u64,
            },
            chunks: self.chunks,
        }
    }
}

impl Source {
    /// The chunks of a period.
    pub(crate) fn from_set(set: ChunkSet) -> Result<Self, SealedError> {
        let (times, _) = times_between(&set, i64::MIN, i64::MAX, usize::MAX)?;
        Ok(Self::Set(set, times))
    }

    pub(crate) fn times(&self) -> &[i64] {
        match self {
            Self::Block(block) => &block.times,
            Self::Set(_, times) => &times.times,
        }
    }

    fn ids(&self) -> Vec<i64> {
        match self {
            Self::Block(block) => block.series.keys().copied().collect(),
            Self::Set(set, _) => set.chunks.iter().map(|&(id, _)| id).collect(),
        }
    }

    /// The values of a series, if the source has it.
    fn values(&self, id: i64) -> Result<Option<Vec<Option<Value>>>, SealedError> {
        match self {
            Self::Block(block) => Ok(block.series.get(&id).cloned()),
            Self::Set(set, times) if set.chunk(id).is_some() => {
                values(set, id, times, 0..times.all).map(Some)
            }
            Self::Set(..) => Ok(None),
        }
    }
}

/// One piece for all samples.
pub(crate) fn one_piece(times: &[i64]) -> Vec<Range<usize>> {
    std::iter::once(0..times.len()).collect()
}

/// One piece for each day.
pub(crate) fn pieces_by_day(times: &[i64]) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut start = 0;
    for day in times.chunk_by(|one, next| day_of(*one) == day_of(*next)) {
        pieces.push(start..start + day.len());
        start += day.len();
    }
    pieces
}

/// Encodes the samples of all sources. If several sources have a moment, the first one's sample counts.
pub(crate) fn recode(
    sources: &[Source],
    pieces: impl Fn(&[i64]) -> Vec<Range<usize>>,
) -> Result<Vec<Piece>, SealedError> {
    let order = Order::from_sources(sources);
    let mut writer = Writer::new(&order.times, pieces(&order.times))?;
    let ids: BTreeSet<i64> = sources.iter().flat_map(Source::ids).collect();
    let gather = |id| -> Result<_, SealedError> {
        let values: Result<Vec<_>, _> = sources.iter().map(|source| source.values(id)).collect();
        Ok(order.gather(&values?))
    };
    // A counter has a smaller number than the rates derived from it, and a clock than the rates that share it.
    let mut ids = ids.into_iter().filter(|&id| id != TIMES).peekable();
    while let Some(id) = ids.next() {
        match ids.next_if(|&next| clock_of(next) == Some(id)) {
            Some(next) => writer.write_pair((id, &gather(id)?), (next, &gather(next)?))?,
            None => writer.write((id, &gather(id)?))?,
        }
    }
    Ok(writer.pieces)
}

/// The order of the samples of all sources.
struct Order {
    times: Vec<i64>,
    /// The source of each sample, and its index there.
    from: Vec<(u32, u32)>,
}

impl Order {
    fn from_sources(sources: &[Source]) -> Self {
        let narrow = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let mut all: Vec<(i64, (u32, u32))> = Vec::new();
        for (number, source) in sources.iter().enumerate() {
            let entries = source.times().iter().enumerate();
            all.extend(entries.map(|(entry, &time)| (time, (narrow(number), narrow(entry)))));
        }
        // The sort is fast since most are in order already. It puts the first source's first among equal moments.
        all.sort();
        all.dedup_by_key(|&mut (time, _)| time);
        let (times, from) = all.into_iter().unzip();
        Self { times, from }
    }

    fn gather(&self, values: &[Option<Vec<Option<Value>>>]) -> Vec<Option<Value>> {
        let value = |&(source, entry): &(u32, u32)| {
            let values = values[source as usize].as_ref()?;
            values[entry as usize]
        };
        self.from.iter().map(value).collect()
    }
}

#[cfg(test)]
mod tests;
