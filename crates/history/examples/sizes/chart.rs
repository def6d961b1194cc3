//! A year of one series as a chart: the least, the mean, the greatest and the count of 1,000 points.

use crate::fleet::Period;
use crate::{Chunks, best};
use muster_history::{Buckets, ChunkError, FillError, Series, fill};

const POINTS: u32 = 1_000;

/// Prints what charts of a gauge, of a rate and of both take, from the bytes on.
pub fn charts(periods: &[Period], months: &[Chunks]) -> Result<(), ChunkError> {
    let times = periods.iter().flat_map(|period| &period.times);
    let (Some(&from_ms), Some(&last_ms)) = (times.clone().min(), times.max()) else {
        return Ok(());
    };
    let empty = Buckets::new(from_ms, last_ms + 1, POINTS);
    for (name, gauge, rate) in [
        ("chart of cpu %", true, false),
        ("chart of a rate", false, true),
        ("chart of cpu % and a rate", true, true),
    ] {
        let mut buckets = [empty.clone(), empty.clone()];
        best(name, months, |month| {
            let [first, second] = &mut buckets;
            let gauge = gauge.then_some(Series {
                chunk: &month.columns[0],
                counter: None,
                buckets: first,
            });
            let rate = rate.then_some(Series {
                chunk: &month.rates[0],
                counter: Some(&month.counters[0]),
                buckets: second,
            });
            let mut series: Vec<_> = gauge.into_iter().chain(rate).collect();
            fill(&month.times, &mut series, from_ms, last_ms + 1).map_err(chunk_error)
        })?;
    }
    Ok(())
}

fn chunk_error(error: FillError) -> ChunkError {
    match error {
        FillError::Times(error) | FillError::Series(_, error) => error,
    }
}
