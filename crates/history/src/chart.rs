//! Fills the buckets of a chart from the chunks of a period. It decodes a few thousand entries at a time, so
//! that they are still in the CPU cache when they are added, and skips what the chart does not need.

mod line;
mod moments;
mod rate_inputs;

use crate::grid::{Grid, Slice};
use crate::sections::{Sections, within};
use crate::{Buckets, ChunkError, Dense, FillError};
use line::Line;
use moments::Moments;
use std::ops::Range;

/// A series of a period and the buckets for its values.
#[derive(Debug)]
pub struct ChartSeries<'a> {
    /// The chunk of the series.
    pub chunk: &'a [u8],
    /// The chunk of its counter; only needed for rates.
    pub counter: Option<&'a [u8]>,
    /// The chunk that stores its clock; only needed for rates with a shared clock.
    pub clock: Option<&'a [u8]>,
    /// The buckets that its values are added to.
    pub buckets: &'a mut Buckets,
}

/// Adds the entries of a period with `from_ms <= time < to_ms` to the buckets of each series.
///
/// The result is the same as decoding everything and calling `Buckets::add_value` for each value, except that
/// sums may be rounded differently. Times are decoded once for all series, and only where needed. After an
/// error, some of the entries have been added.
pub fn fill_buckets(
    times: &[u8],
    series: &mut [ChartSeries],
    from_ms: i64,
    to_ms: i64,
) -> Result<(), FillError> {
    let mut moments = Moments::open(times).map_err(FillError::Times)?;
    let sections = moments.sections();
    let mut lines = Vec::with_capacity(series.len());
    for (index, each) in series.iter_mut().enumerate() {
        let line = Line::open(each, sections.entries);
        lines.push(line.map_err(|error| FillError::Series(index, error))?);
    }
    let log2 = lines.iter().map(Line::log2).fold(sections.log2, u8::max);
    let range = moments.range(from_ms, to_ms).map_err(FillError::Times)?;
    let blocks = Sections { log2, ..sections };
    let mut floats = Dense::default();
    for block in blocks.covering(&range) {
        let part = within(&blocks.span(block), &range);
        fill_part(&part, &mut moments, &mut lines, &mut floats)?;
    }
    Ok(())
}

/// Adds a part of the entries to the buckets of each series.
fn fill_part(
    part: &Range<usize>,
    moments: &mut Moments,
    lines: &mut [Line],
    floats: &mut Dense<f64>,
) -> Result<(), FillError> {
    if lines.iter().any(Line::is_rate) {
        moments.decode(part).map_err(FillError::Times)?;
    }
    let mut known: Option<(Grid, Vec<Slice>)> = None;
    for (index, line) in lines.iter_mut().enumerate() {
        let grid = line.grid();
        let (_, slices) = match known.take().filter(|(before, _)| *before == grid) {
            Some(same) => known.insert(same),
            None => known.insert((grid, slices(grid, part, moments).map_err(FillError::Times)?)),
        };
        line.fill(part, moments, slices, floats)
            .map_err(|error| FillError::Series(index, error))?;
    }
    Ok(())
}

/// The entries of each bucket, relative to the start of `part`.
fn slices(
    grid: Grid,
    part: &Range<usize>,
    moments: &mut Moments,
) -> Result<Vec<Slice>, ChunkError> {
    let first_ms = moments.bound(part.start);
    grid.slices(first_ms, 0..part.len(), |moment_ms| {
        Ok(moments.place_within(part, moment_ms)? - part.start)
    })
}

#[cfg(test)]
mod tests;
