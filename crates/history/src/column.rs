//! An open chunk of values, to be read exactly or as a chart needs it.

use crate::body::Body;
use crate::format::{CLOCKED_RATES, RATES, SHARED_CLOCK_RATES, TIMES, read_chunk};
use crate::rates::Rates;
use crate::sections::Sections;
use crate::{ChunkError, Counter, Dense, Value};
use std::ops::Range;

/// An open chunk of values: its checksum has been verified, its numbers are not decoded yet.
pub struct Column<'a> {
    sections: Sections,
    content: Content<'a>,
}

enum Content<'a> {
    Values(Body<'a>),
    Rates(Rates<'a>),
}

/// Decodes all entries of a chunk made by `encode_values`.
pub fn decode_values(bytes: &[u8]) -> Result<Vec<Option<Value>>, ChunkError> {
    Column::open(bytes)?.values()
}

impl<'a> Column<'a> {
    /// Verifies the checksum and parses the structure.
    pub fn open(bytes: &'a [u8]) -> Result<Self, ChunkError> {
        let chunk = read_chunk(bytes)?;
        let (sections, mut body) = (chunk.sections, chunk.body);
        let content = match chunk.kind {
            TIMES => return Err(ChunkError::Kind),
            kind @ (RATES | CLOCKED_RATES | SHARED_CLOCK_RATES) => {
                Content::Rates(Rates::parse(kind, &mut body, sections)?)
            }
            kind => Content::Values(Body::parse(kind, &mut body, sections)?),
        };
        body.expect_end()?;
        Ok(Self { sections, content })
    }

    /// The number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sections.entries
    }

    /// Whether there are no entries.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether these are rates, which can only be read together with their counter, by `rates`, `rate_values`
    /// and `decode_rates`.
    #[must_use]
    pub fn needs_counter(&self) -> bool {
        matches!(self.content, Content::Rates(_))
    }

    /// Whether these are rates whose clock is stored in another chunk: the `ticks` of that chunk must be passed
    /// in `Counter`.
    #[must_use]
    pub fn needs_clock(&self) -> bool {
        matches!(&self.content, Content::Rates(rates) if rates.needs_clock())
    }

    /// All entries, exact.
    pub fn values(&mut self) -> Result<Vec<Option<Value>>, ChunkError> {
        self.body()?.values()
    }

    /// A range of entries, exact. Uses memory for the range only, not for the whole chunk.
    pub fn values_within(&mut self, range: Range<usize>) -> Result<Vec<Option<Value>>, ChunkError> {
        self.check(&range)?;
        self.body()?.values_within(&range)
    }

    /// A range of entries, each as the nearest float.
    pub fn floats(
        &mut self,
        range: Range<usize>,
        dense: &mut Dense<f64>,
    ) -> Result<(), ChunkError> {
        self.check(&range)?;
        self.body()?.floats(&range, dense)
    }

    /// A range of entries as integers, for a `Counter`. Floats become missing entries.
    pub fn integers(
        &mut self,
        range: Range<usize>,
        dense: &mut Dense<i64>,
    ) -> Result<(), ChunkError> {
        self.check(&range)?;
        self.body()?.integers(&range, dense, 0)
    }

    /// A range of the ticks of a clock, for the `Counter` of rates that share it. Only chunks of clocked rates
    /// have ticks; their own counter is not needed for this.
    pub fn ticks(&mut self, range: Range<usize>, dense: &mut Dense<i64>) -> Result<(), ChunkError> {
        self.check(&range)?;
        match &mut self.content {
            Content::Rates(rates) => rates.ticks(&range, dense),
            Content::Values(_) => Err(ChunkError::Kind),
        }
    }

    /// A range of rates. The counter must cover the same entries and the one before, unless the range starts
    /// with the first.
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

    /// A range of rates, exactly as `decode_rates` returns them. The counter is the same as for `rates`.
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

    /// A range of entries as floats that must still be divided by the returned divisor.
    pub(crate) fn units(
        &mut self,
        range: &Range<usize>,
        dense: &mut Dense<f64>,
    ) -> Result<f64, ChunkError> {
        self.check(range)?;
        self.body()?.units(range, dense)
    }

    /// Like `integers`, but appends after the one entry that is already there.
    pub(crate) fn append_integers(
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

    /// Decodes everything that is stored.
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
