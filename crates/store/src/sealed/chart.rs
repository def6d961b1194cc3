//! Adds sealed samples to the buckets of charts, without keeping decoded values.

use super::block::times_between;
use super::series::{clock_of, counter_of};
use super::{SealedError, TIMES};
use crate::ChunkSet;
use muster_history::{Buckets, ChartSeries, FillError, fill_buckets};

/// The moments of a period with `from_ms <= moment < to_ms`.
pub(crate) fn decode_moments(
    set: &ChunkSet,
    from_ms: i64,
    to_ms: i64,
) -> Result<Vec<i64>, SealedError> {
    let (times, range) = times_between(set, from_ms, to_ms, usize::MAX)?;
    Ok(times.inside(&range).to_vec())
}

/// Adds the values of a period with `from_ms <= moment < to_ms` to the chart of each series. A series without a
/// number has no values.
pub(crate) fn add_to_charts(
    set: &ChunkSet,
    series: &[Option<i64>],
    (from_ms, to_ms): (i64, i64),
    charts: &mut [Buckets],
) -> Result<(), SealedError> {
    let times = set.chunk(TIMES).ok_or(SealedError::NoTimes)?;
    let (mut ids, mut found) = (Vec::new(), Vec::new());
    for (&id, buckets) in series.iter().zip(charts) {
        if let Some((id, chunk)) = id.and_then(|id| Some((id, set.chunk(id)?))) {
            let counter = counter_of(id).and_then(|counter| set.chunk(counter));
            ids.push(id);
            found.push(ChartSeries {
                chunk,
                counter,
                clock: clock_of(id).and_then(|clock| set.chunk(clock)),
                buckets,
            });
        }
    }
    fill_buckets(times, &mut found, from_ms, to_ms).map_err(|error| match error {
        FillError::Times(error) => SealedError::Times(error),
        FillError::Series(place, error) => SealedError::Series(ids[place], error),
    })
}
