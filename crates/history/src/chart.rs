//! A period as a chart draws it: its chunks go into buckets some thousand entries at a time, so that
//! what was decoded is still in the processor's cache when it is counted, and nothing else is decoded.

mod follows;
mod line;
mod moments;

use crate::grid::{Grid, Slice};
use crate::sections::{Sections, within};
use crate::{Buckets, ChunkError, Dense, FillError};
use line::Line;
use moments::Moments;
use std::ops::Range;

/// A series of a period, and the buckets that its values shall fall into.
#[derive(Debug)]
pub struct Series<'a> {
    /// Its chunk.
    pub chunk: &'a [u8],
    /// The chunk of the counter that it follows from; only rates need it, others do not look at it.
    pub counter: Option<&'a [u8]>,
    /// The chunk that stores its clock; only rates that share one need it, others do not look at it.
    pub clock: Option<&'a [u8]>,
    /// What its values are counted into.
    pub buckets: &'a mut Buckets,
}

/// Counts the entries of a period with `from_ms <= time < to_ms` into the buckets of each series.
///
/// The result is that of decoding all and calling `Buckets::add` for each value; only the sums may be
/// rounded otherwise. The times are decoded once for all series, and only where they must be. After an
/// error, a part of the entries is counted.
pub fn fill(
    times: &[u8],
    series: &mut [Series],
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

/// Counts some entries into the buckets of each series.
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

/// The entries of each bucket, counted from the first of these.
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
