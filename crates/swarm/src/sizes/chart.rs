//! A year of one series as a chart: the least, the mean, the greatest and the count of 1,000 points.

use super::{Chunks, best};
use crate::history::fleet::Period;
use muster_history::{Buckets, ChartSeries, ChunkError, FillError, encode_times, fill_buckets};

const YEAR_MS: i64 = 365 * 86_400_000;

/// Prints what charts of a gauge, of a rate and of both take, from the bytes on.
pub fn charts(periods: &[Period], months: &[Chunks]) -> anyhow::Result<()> {
    let from_ms = periods[0].times[0];
    draw("chart of cpu %", months, from_ms, true, false)?;
    draw("chart of a rate", months, from_ms, false, true)?;
    draw("chart of cpu % and a rate", months, from_ms, true, true)?;
    // The rates would not be those of these times.
    let off: Result<Vec<_>, _> = periods.iter().map(off_for_an_hour).collect();
    draw("chart of cpu %, with gaps", &off?, from_ms, true, false)?;
    Ok(())
}

fn draw(
    name: &str,
    months: &[Chunks],
    from_ms: i64,
    gauge: bool,
    rate: bool,
) -> Result<(), ChunkError> {
    let mut buckets = [(); 2].map(|()| Buckets::new(from_ms, from_ms + YEAR_MS, 1_000));
    best(name, months, |month| {
        let [first, second] = &mut buckets;
        let gauge = gauge.then_some(ChartSeries {
            chunk: &month.columns[0],
            counter: None,
            clock: None,
            buckets: first,
        });
        let rate = rate.then_some(ChartSeries {
            chunk: &month.rates[0],
            counter: Some(&month.counters[0]),
            clock: None,
            buckets: second,
        });
        let mut series: Vec<_> = gauge.into_iter().chain(rate).collect();
        let filled = fill_buckets(&month.times, &mut series, from_ms, from_ms + YEAR_MS);
        filled.map_err(|(FillError::Times(error) | FillError::Series(_, error))| error)
    })
}

/// The month of a computer that was off for an hour in its middle.
fn off_for_an_hour(period: &Period) -> anyhow::Result<Chunks> {
    let mut times = period.times.clone();
    let middle = times.len() / 2;
    times[middle..]
        .iter_mut()
        .for_each(|time| *time += 3_600_000);
    let mut chunks = Chunks::encode(period)?;
    chunks.times = encode_times(&times)?;
    Ok(chunks)
}
