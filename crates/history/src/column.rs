//! A chunk of values, opened: whole and exact, or the part that a chart draws.

use crate::body::Body;
use crate::format::{CLOCKED_RATES, RATES, SHARED_CLOCK_RATES, TIMES, read_chunk};
use crate::rates::Rates;
use crate::sections::Sections;
use crate::{ChunkError, Counter, Dense, Value};
use std::ops::Range;

/// A chunk of values, opened: its checksum is right, its numbers are not yet decoded.
pub struct Column<'a> {
    sections: Sections,
    content: Content<'a>,
}

enum Content<'a> {
    Values(Body<'a>),
    Rates(Rates<'a>),
}

/// Decodes all entries of a chunk that `encode_values` made.
pub fn decode_values(bytes: &[u8]) -> Result<Vec<Option<Value>>, ChunkError> {
    Column::open(bytes)?.values()
}

impl<'a> Column<'a> {
    /// Checks the checksum and reads what lies where.
    pub fn open(bytes: &'a [u8]) -> Result<Self, ChunkError> {
        let chunk = read_chunk(bytes)?;
        let (sections, mut body) = (chunk.sections, chunk.body);
        let content = match chunk.kind {
            TIMES => return Err(ChunkError::Kind),
            kind @ (RATES | CLOCKED_RATES | SHARED_CLOCK_RATES) => {
                Content::Rates(Rates::read(kind, &mut body, sections)?)
            }
            kind => Content::Values(Body::read(kind, &mut body, sections)?),
        };
        body.end()?;
        Ok(Self { sections, content })
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sections.entries
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether these are rates, which need their counter: `rates`, `rate_values` and `decode_rates` read
    /// them, and nothing else does.
    #[must_use]
    pub fn needs_counter(&self) -> bool {
        matches!(self.content, Content::Rates(_))
    }

    /// Whether these are rates whose clock another chunk stores: its `ticks` must be in their `Counter`.
    #[must_use]
    pub fn needs_clock(&self) -> bool {
        matches!(&self.content, Content::Rates(rates) if rates.needs_clock())
    }

    /// All entries, exactly.
    pub fn values(&mut self) -> Result<Vec<Option<Value>>, ChunkError> {
        self.body()?.values()
    }

    /// A range of entries, exactly. Takes memory for the range, not for the chunk.
    pub fn values_within(&mut self, range: Range<usize>) -> Result<Vec<Option<Value>>, ChunkError> {
        self.check(&range)?;
        self.body()?.values_within(&range)
    }

    /// A range of entries as the nearest floats.
    pub fn floats(
        &mut self,
        range: Range<usize>,
        dense: &mut Dense<f64>,
    ) -> Result<(), ChunkError> {
        self.check(&range)?;
        self.body()?.floats(&range, dense)
    }

    /// A range of entries as integers, for a `Counter`; a float is none.
    pub fn integers(
        &mut self,
        range: Range<usize>,
        dense: &mut Dense<i64>,
    ) -> Result<(), ChunkError> {
        self.check(&range)?;
        self.body()?.integers(&range, dense, 0)
    }

    /// A range of a clock's ticks, for the `Counter` of rates that share it; only rates that were found
    /// to be timed by a clock have any. What the chunk's own counter counted does not matter.
    pub fn ticks(&mut self, range: Range<usize>, dense: &mut Dense<i64>) -> Result<(), ChunkError> {
        self.check(&range)?;
        match &mut self.content {
            Content::Rates(rates) => rates.ticks(&range, dense),
            Content::Values(_) => Err(ChunkError::Kind),
        }
    }

    /// A range of rates, from the counter over the same entries and, unless the range starts with the
    /// first, the entry before.
    pub fn rates(
        &mut self,
        range: Range<usize>,
        counter: Counter,
        dense: &mut Dense<f64>,
    ) -> Result<(), ChunkError> {
        self.check(&range)?;
        match &mut self.content {
            Content::Rates(rates) => rates.fill(&range, counter, dense),
            Content::Values(_) => Err(ChunkError::Kind),
        }
    }

    /// A range of rates, exactly as `decode_rates` gives them; the counter is as for `rates`.
    pub fn rate_values(
        &mut self,
        range: Range<usize>,
        counter: Counter,
    ) -> Result<Vec<Option<Value>>, ChunkError> {
        self.check(&range)?;
        match &mut self.content {
            Content::Rates(rates) => rates.values_within(&range, counter),
            Content::Values(_) => Err(ChunkError::Kind),
        }
    }

    /// A range of entries as floats that are yet to be divided by what is returned.
    pub(crate) fn units(
        &mut self,
        range: &Range<usize>,
        dense: &mut Dense<f64>,
    ) -> Result<f64, ChunkError> {
        self.check(range)?;
        self.body()?.units(range, dense)
    }

    /// As `integers`, behind the one that is there.
    pub(crate) fn further_integers(
        &mut self,
        range: &Range<usize>,
        dense: &mut Dense<i64>,
    ) -> Result<(), ChunkError> {
        self.check(range)?;
        self.body()?.integers(range, dense, 1)
    }

    pub(crate) fn sections(&self) -> Sections {
        self.sections
    }

    /// Decodes all that is stored.
    pub(crate) fn verify(&mut self) -> Result<(), ChunkError> {
        match &mut self.content {
            Content::Values(body) => body.values().map(|_| ()),
            Content::Rates(rates) => rates.verify(self.sections.entries),
        }
    }

    pub(crate) fn into_rates(self) -> Result<Rates<'a>, ChunkError> {
        match self.content {
            Content::Rates(rates) => Ok(rates),
            Content::Values(_) => Err(ChunkError::Kind),
        }
    }

    fn body(&mut self) -> Result<&mut Body<'a>, ChunkError> {
        match &mut self.content {
            Content::Values(body) => Ok(body),
            Content::Rates(_) => Err(ChunkError::NeedsCounter),
        }
    }

    fn check(&self, range: &Range<usize>) -> Result<(), ChunkError> {
        if range.start > range.end || range.end > self.len() {
            return Err(ChunkError::Lengths);
        }
        Ok(())
    }
}
