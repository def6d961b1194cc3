//! Samples into chunks: from rows, from chunks, or from both, into as many pieces as are wanted.
//!
//! A series is decoded, put in order and encoded before the next one is, so that memory stays small however
//! many series there are.

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

/// Where samples come from.
pub(crate) enum Source {
    /// Rows.
    Block(Block),
    /// ChunkStore.
    Set(ChunkSet, Decoded),
}

/// What goes into a period.
pub(crate) struct Piece {
    pub(crate) first_ms: i64,
    pub(crate) last_ms: i64,
    pub(crate) samples: usize,
    pub(crate) chunks: Vec<(i64, Bytes)>,
}

impl Piece {
    /// As a period.
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
    /// ChunkStore of a period; their moments are decoded.
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

    /// The values of a series, if it has any here.
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

/// All in one piece.
pub(crate) fn one_piece(times: &[i64]) -> Vec<Range<usize>> {
    std::iter::once(0..times.len()).collect()
}

/// A piece a day.
pub(crate) fn pieces_by_day(times: &[i64]) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut start = 0;
    for day in times.chunk_by(|one, next| day_of(*one) == day_of(*next)) {
        pieces.push(start..start + day.len());
        start += day.len();
    }
    pieces
}

/// Encodes what the sources hold. A moment that several of them have is the first one's.
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
    // Counters have smaller numbers than the rates that follow from them, and a clock than who shares it.
    let mut ids = ids.into_iter().filter(|&id| id != TIMES).peekable();
    while let Some(id) = ids.next() {
        match ids.next_if(|&next| clock_of(next) == Some(id)) {
            Some(next) => writer.write_pair((id, &gather(id)?), (next, &gather(next)?))?,
            None => writer.write((id, &gather(id)?))?,
        }
    }
    Ok(writer.pieces)
}

/// In which order the entries of several sources lie.
struct Order {
    times: Vec<i64>,
    /// Source and entry of each.
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
        // Mostly in order already, which this sort makes use of; of equal moments the first source's is first.
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
