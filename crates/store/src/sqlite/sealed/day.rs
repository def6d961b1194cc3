//! A day of a computer, in memory: its moments, and a column of values for each series.

use super::bundle;
use super::series::{TIMES, column, column_index};
use muster_history::{
    Column, Value, decode_rates, decode_times, encode_rates, encode_times, encode_values,
};
use std::collections::BTreeMap;
use thiserror::Error;

/// The rate columns and the counters that they follow from, as indices of `Sample::COLUMNS`.
const RATES: [(usize, usize); 2] = [(9, 7), (10, 8)];

/// What is wrong with a day's chunks, in words.
#[derive(Debug, Error)]
pub(crate) enum DayError {
    #[error("{0}")]
    Bundle(bundle::Broken),
    #[error("the chunk of the moments: {0}")]
    Times(muster_history::ChunkError),
    #[error("the chunk of series {0}: {1}")]
    Series(i64, muster_history::ChunkError),
    #[error("there are no moments")]
    NoTimes,
    #[error("series {0} has {1} values for {2} moments")]
    Length(i64, usize, usize),
    #[error("series {0} follows from a counter that is missing")]
    NoCounter(i64),
    #[error("cannot be encoded: {0}")]
    Encode(#[from] muster_history::EncodeError),
}

/// Moments, rising, and as many values of each series.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Day {
    pub(crate) times: Vec<i64>,
    pub(crate) series: BTreeMap<i64, Vec<Option<Value>>>,
}

impl Day {
    /// Reads a day's chunks, all of them or those of some series and what they follow from.
    pub(crate) fn decode(bytes: &[u8], wanted: impl Fn(i64) -> bool) -> Result<Self, DayError> {
        let chunks: BTreeMap<i64, &[u8]> = bundle::read(bytes)
            .map_err(DayError::Bundle)?
            .into_iter()
            .collect();
        let times = chunks.get(&TIMES).ok_or(DayError::NoTimes)?;
        let times = decode_times(times).map_err(DayError::Times)?;
        let mut series = BTreeMap::new();
        for (&id, bytes) in chunks.iter().filter(|&(&id, _)| id != TIMES && wanted(id)) {
            let values = decode_series(id, bytes, &times, &chunks)?;
            if values.len() != times.len() {
                return Err(DayError::Length(id, values.len(), times.len()));
            }
            series.insert(id, values);
        }
        Ok(Self { times, series })
    }

    /// Writes the chunks of a day.
    pub(crate) fn encode(&self) -> Result<Vec<u8>, DayError> {
        let mut chunks = vec![(TIMES, encode_times(&self.times)?)];
        for (&id, values) in &self.series {
            if values.iter().all(Option::is_none) {
                continue;
            }
            let rates = match counter_of(id).and_then(|counter| self.series.get(&counter)) {
                Some(counter) => encode_rates(values, &self.times, &integers(counter))?,
                None => None,
            };
            let chunk = match rates {
                Some(chunk) => chunk,
                None => encode_values(values)?,
            };
            chunks.push((id, chunk));
        }
        Ok(bundle::write(&chunks))
    }

    /// Takes in samples in any order; one of a moment that is there already is left out.
    pub(crate) fn merge(&mut self, other: &Self) {
        let new: Vec<usize> = (0..other.times.len())
            .filter(|&entry| self.times.binary_search(&other.times[entry]).is_err())
            .collect();
        let order = self.order_with(other, &new);
        let ids = self.series.keys().chain(other.series.keys()).copied();
        let mut merged = BTreeMap::new();
        for id in ids {
            merged.entry(id).or_insert_with(|| {
                let (ours, theirs) = (self.series.get(&id), other.series.get(&id));
                let pick = |&(_, from, entry): &(i64, bool, usize)| {
                    let column = if from { theirs } else { ours };
                    column.and_then(|values| values[entry])
                };
                order.iter().map(pick).collect::<Vec<_>>()
            });
        }
        self.series = merged;
        self.times = order.iter().map(|&(time, _, _)| time).collect();
    }

    /// Moment, whether it is the other's, and its entry there; rising.
    fn order_with(&self, other: &Self, new: &[usize]) -> Vec<(i64, bool, usize)> {
        let ours = self
            .times
            .iter()
            .enumerate()
            .map(|(entry, &time)| (time, false, entry));
        let theirs = new.iter().map(|&entry| (other.times[entry], true, entry));
        let mut order: Vec<_> = ours.chain(theirs).collect();
        order.sort_unstable();
        order.dedup_by_key(|&mut (time, _, _)| time);
        order
    }
}

fn counter_of(id: i64) -> Option<i64> {
    let index = column_index(id)?;
    let (_, counter) = RATES.into_iter().find(|&(rate, _)| rate == index)?;
    Some(column(counter))
}

/// Only whole numbers count as counts.
fn integers(values: &[Option<Value>]) -> Vec<Option<i64>> {
    let integer = |value: &Option<Value>| match value {
        Some(Value::Integer(integer)) => Some(*integer),
        _ => None,
    };
    values.iter().map(integer).collect()
}

fn decode_series(
    id: i64,
    bytes: &[u8],
    times: &[i64],
    chunks: &BTreeMap<i64, &[u8]>,
) -> Result<Vec<Option<Value>>, DayError> {
    let damaged = |error| DayError::Series(id, error);
    let mut column = Column::open(bytes).map_err(damaged)?;
    if !column.needs_counter() {
        return column.values().map_err(damaged);
    }
    let counter = counter_of(id).and_then(|counter| chunks.get(&counter));
    let counter = counter.ok_or(DayError::NoCounter(id))?;
    let counts = Column::open(counter)
        .and_then(|mut column| column.values())
        .map_err(damaged)?;
    decode_rates(bytes, times, &integers(&counts)).map_err(damaged)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(times: &[i64], column_values: &[(i64, Vec<Option<Value>>)]) -> Day {
        Day {
            times: times.to_vec(),
            series: column_values.iter().cloned().collect(),
        }
    }

    #[test]
    fn comes_back_as_it_was() {
        let sent = column(7);
        let rate = column(9);
        let counts: Vec<_> = [100, 400, 250, 251].map(|n| Some(Value::Integer(n))).into();
        let rates = vec![
            None,
            Some(Value::Float(10.0)),
            None,
            Some(Value::Float(7.5)),
        ];
        let load = vec![Some(Value::Float(0.5)), None, Some(Value::Integer(3)), None];
        let before = day(
            &[0, 30_000, 60_001, 90_000],
            &[(sent, counts), (rate, rates), (1_000, load)],
        );
        let bytes = before.encode().unwrap();
        assert_eq!(Day::decode(&bytes, |_| true).unwrap(), before);
        let some = Day::decode(&bytes, |id| id == rate).unwrap();
        assert_eq!(some.series.len(), 1);
        assert_eq!(some.series[&rate], before.series[&rate]);
    }

    #[test]
    fn late_samples_find_their_place_and_doubles_are_left_out() {
        let number = |n| Some(Value::Integer(n));
        let mut one = day(&[10, 30], &[(1, vec![number(1), number(3)])]);
        let late = day(
            &[5, 20, 30],
            &[
                (1, vec![number(0), number(2), number(9)]),
                (2, vec![None, number(7), None]),
            ],
        );
        one.merge(&late);
        assert_eq!(one.times, [5, 10, 20, 30]);
        assert_eq!(one.series[&1], [0, 1, 2, 3].map(number));
        assert_eq!(one.series[&2], [None, None, number(7), None]);
    }

    #[test]
    fn damage_is_said() {
        let bytes = day(&[1, 2], &[(1, vec![Some(Value::Integer(1)), None])])
            .encode()
            .unwrap();
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x10;
            assert!(Day::decode(&damaged, |_| true).is_err(), "at {at}");
        }
    }
}
