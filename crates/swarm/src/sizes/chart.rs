//! A year of one series as a chart: minimum, mean, maximum and count of 1,000 points.

use super::{EncodedColumns, print_best_time};
use crate::history::simulation::SimulatedColumns;
use muster_history::{Buckets, ChartSeries, ChunkError, FillError, encode_times, fill_buckets};

const YEAR_MS: i64 = 365 * 86_400_000;

/// Prints the time to draw charts of a gauge, a rate and both from encoded chunks.
pub fn print_chart_times(
    periods: &[SimulatedColumns],
    months: &[EncodedColumns],
) -> anyhow::Result<()> {
    let from_ms = periods[0].times[0];
    print_chart_time("chart of cpu %", months, from_ms, true, false)?;
    print_chart_time("chart of a rate", months, from_ms, false, true)?;
    print_chart_time("chart of cpu % and a rate", months, from_ms, true, true)?;
    // Only the gauge: shifted times would make the stored rates wrong.
    let off: Result<Vec<_>, _> = periods.iter().map(with_gap).collect();
    print_chart_time("chart of cpu %, with gaps", &off?, from_ms, true, false)?;
    Ok(())
}

fn print_chart_time(
    name: &str,
    months: &[EncodedColumns],
    from_ms: i64,
    gauge: bool,
    rate: bool,
) -> Result<(), ChunkError> {
    let mut buckets = [(); 2].map(|()| Buckets::new(from_ms, from_ms + YEAR_MS, 1_000));
    print_best_time(name, months, |month| {
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

/// The month of a computer that was off for an hour in the middle.
fn with_gap(period: &SimulatedColumns) -> anyhow::Result<EncodedColumns> {
    let mut times = period.times.clone();
    let middle = times.len() / 2;
    times[middle..]
        .iter_mut()
        .for_each(|time| *time += 3_600_000);
    let mut chunks = EncodedColumns::encode(period)?;
    chunks.times = encode_times(&times)?;
    Ok(chunks)
}
