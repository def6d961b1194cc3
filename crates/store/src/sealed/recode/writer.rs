//! Writes series into the chunks of pieces, one after another.

use super::super::SealedError;
use super::super::series::{TIMES, counter_of, is_counter};
use super::Piece;
use muster_history::{
    RateColumn, Value, encode_rate_pair, encode_rates, encode_times, encode_values,
};
use std::collections::BTreeMap;
use std::ops::Range;

/// The pieces being written.
pub(super) struct Writer<'t> {
    times: &'t [i64],
    ranges: Vec<Range<usize>>,
    pub(super) pieces: Vec<Piece>,
    counters: BTreeMap<i64, Vec<Option<i64>>>,
}

/// A series: its number and all its values.
pub(super) type Series<'v> = (i64, &'v [Option<Value>]);

impl<'t> Writer<'t> {
    pub(super) fn new(times: &'t [i64], ranges: Vec<Range<usize>>) -> Result<Self, SealedError> {
        let piece = |range: &Range<usize>| {
            let times = &times[range.clone()];
            Ok(Piece {
                first_ms: times.first().copied().unwrap_or_default(),
                last_ms: times.last().copied().unwrap_or_default(),
                samples: times.len(),
                chunks: vec![(TIMES, encode_times(times)?.into())],
            })
        };
        let pieces: Result<_, SealedError> = ranges.iter().map(piece).collect();
        Ok(Self {
            times,
            pieces: pieces?,
            ranges,
            counters: BTreeMap::new(),
        })
    }

    pub(super) fn write(&mut self, (id, values): Series) -> Result<(), SealedError> {
        for place in 0..self.ranges.len() {
            let rates = self.alone(place, (id, values))?;
            self.push(place, (id, values), rates)?;
        }
        if is_counter(id) {
            self.counters.insert(id, integers(values));
        }
        Ok(())
    }

    /// Writes two rates. The second shares the clock of the first in pieces that have both.
    pub(super) fn write_pair(&mut self, first: Series, second: Series) -> Result<(), SealedError> {
        for place in 0..self.ranges.len() {
            let columns = self.rates(place, first).zip(self.rates(place, second));
            let (one, other) = match columns {
                Some((one, other)) => encode_rate_pair(one, other, self.times_of(place))?,
                None => (self.alone(place, first)?, self.alone(place, second)?),
            };
            self.push(place, first, one)?;
            self.push(place, second, other)?;
        }
        Ok(())
    }

    fn times_of(&self, place: usize) -> &'t [i64] {
        &self.times[self.ranges[place].clone()]
    }

    /// The rates of a piece; `None` without any value or without a counter.
    fn rates<'a>(&'a self, place: usize, (id, values): Series<'a>) -> Option<RateColumn<'a>> {
        let range = self.ranges[place].clone();
        let counts = self.counters.get(&counter_of(id)?)?;
        let (values, counts) = (&values[range.clone()], &counts[range]);
        let any = values.iter().any(Option::is_some);
        any.then_some(RateColumn { values, counts })
    }

    /// The encoded rates of a piece, if deriving them from their counter takes less space.
    fn alone(&self, place: usize, series: Series) -> Result<Option<Vec<u8>>, SealedError> {
        let Some(RateColumn { values, counts }) = self.rates(place, series) else {
            return Ok(None);
        };
        Ok(encode_rates(values, self.times_of(place), counts)?)
    }

    /// Adds a series to a piece if it has any values there.
    fn push(
        &mut self,
        place: usize,
        (id, values): Series,
        rates: Option<Vec<u8>>,
    ) -> Result<(), SealedError> {
        let part = &values[self.ranges[place].clone()];
        if part.iter().any(Option::is_some) {
            let chunk = match rates {
                Some(chunk) => chunk,
                None => encode_values(part)?,
            };
            self.pieces[place].chunks.push((id, chunk.into()));
        }
        Ok(())
    }
}

/// Only integers are counter values.
fn integers(values: &[Option<Value>]) -> Vec<Option<i64>> {
    let integer = |value: &Option<Value>| match value {
        Some(Value::Integer(integer)) => Some(*integer),
        _ => None,
    };
    values.iter().map(integer).collect()
}
