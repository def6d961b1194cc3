//! Compressed numbers in pages that can be decompressed separately.
//!
//! pco never gets a count or a length from the bytes: these are computed and bounded here. What its own
//! metadata may request is bounded below, before pco allocates.

use crate::bytes::{Bytes, write_count};
use crate::{ChunkError, EncodeError};
use pco::ChunkConfig;
use pco::PagingSpec;
use pco::data_types::Number;
use pco::errors::PcoResult;
use pco::metadata::{Bin, ChunkMeta, DeltaEncoding, Mode};
use pco::wrapped::{ChunkDecompressor, FileCompressor, FileDecompressor};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The file header of pco's wrapped format 4.1. Version 1 of a chunk implies it and does not store it.
const PCO_HEADER: [u8; 2] = [4, 1];

/// A mode whose dictionary could take 256 MiB. The encoder never chooses it.
const DICT_MODE: u8 = 4;

/// The largest window that the encoder makes. A larger one could take 256 MiB.
const MAX_WINDOW_LOG2: u32 = 15;

/// Writes values; `counts` says how many belong to each section.
pub(crate) fn write_numbers<T: Number>(
    out: &mut Vec<u8>,
    values: &[T],
    counts: &[usize],
) -> Result<(), EncodeError> {
    let failed = |error: pco::errors::PcoError| EncodeError::Compression(error.to_string());
    if values.is_empty() {
        return Ok(());
    }
    compress(out, values, counts).map_err(failed)
}

fn compress<T: Number>(out: &mut Vec<u8>, values: &[T], counts: &[usize]) -> PcoResult<()> {
    let counts: Vec<usize> = counts.iter().copied().filter(|&count| count > 0).collect();
    let pages = 0..counts.len();
    let config = ChunkConfig::default().with_paging_spec(PagingSpec::Exact(counts));
    let mut compressor = FileCompressor::default().chunk_compressor(values, &config)?;
    let mut written = compressor.write_meta(Vec::new())?;
    for page in pages {
        let before = written.len();
        written = compressor.write_page(page, written)?;
        write_count(out, written.len() - before);
    }
    out.append(&mut written);
    Ok(())
}

/// Parsed numbers whose pages are still compressed.
pub(crate) struct Numbers<'a, T: Number> {
    /// `None` if there are no numbers. Boxed because it is large.
    decompressor: Option<Box<ChunkDecompressor<T>>>,
    /// For each section, the count of its numbers and their page.
    pages: Vec<(usize, &'a [u8])>,
}

impl<'a, T: Number> Numbers<'a, T> {
    pub(crate) fn parse(bytes: &mut Bytes<'a>, counts: &[usize]) -> Result<Self, ChunkError> {
        let lengths = read_lengths(bytes, counts)?;
        let any = counts.iter().any(|&count| count > 0);
        let decompressor = any.then(|| read_metadata(bytes)).transpose()?;
        let pages = counts.iter().zip(lengths);
        let pages = pages.map(|(&count, length)| Ok((count, bytes.take_bytes(length)?)));
        Ok(Self {
            decompressor: decompressor.map(Box::new),
            pages: pages.collect::<Result<_, _>>()?,
        })
    }

    /// The number of values in a section.
    pub(crate) fn count(&self, section: usize) -> usize {
        self.pages.get(section).map_or(0, |&(count, _)| count)
    }

    /// Decompresses the numbers of a section into the front of `numbers`, and returns them.
    pub(crate) fn decompress_page<'n>(
        &mut self,
        section: usize,
        numbers: &'n mut [T],
    ) -> Result<&'n mut [T], ChunkError> {
        let Some(&(count, page)) = self.pages.get(section) else {
            return Ok(&mut []);
        };
        let numbers = numbers.get_mut(..count).ok_or(ChunkError::Lengths)?;
        if let Some(decompressor) = self.decompressor.as_mut().filter(|_| count > 0) {
            guarded(|| decompress(decompressor, page, numbers))?.expect_end()?;
        }
        Ok(numbers)
    }
}

impl Numbers<'_, i64> {
    /// Lower and upper bound of all numbers, if the metadata contains them: numbers without delta encoding lie in its
    /// bins.
    pub(crate) fn bounds(&self) -> Option<(i64, i64)> {
        let meta = self.decompressor.as_ref()?.meta();
        if meta.mode != Mode::Classic || meta.delta_encoding != DeltaEncoding::NoOp {
            return None;
        }
        let bins = meta.per_latent_var.primary.bins.downcast_ref::<u64>()?;
        let ranges = bins.iter().map(range).collect::<Option<Vec<_>>>()?;
        let least = ranges.iter().map(|range| range.0).min()?;
        let greatest = ranges.iter().map(|range| range.1).max()?;
        Some((least, greatest))
    }
}

/// The smallest and largest number of a bin. pco stores numbers as their distance from `i64::MIN`.
fn range(bin: &Bin<u64>) -> Option<(i64, i64)> {
    let number = |latent: u64| (latent ^ 1 << 63).cast_signed();
    let width = u64::MAX.checked_shr(u64::BITS - bin.offset_bits);
    let end = bin.lower.checked_add(width.unwrap_or(0))?;
    Some((number(bin.lower), number(end)))
}

fn read_lengths(bytes: &mut Bytes, counts: &[usize]) -> Result<Vec<usize>, ChunkError> {
    let length = |&count: &usize| match count {
        0 => Ok(0),
        _ => bytes.read_count(bytes.0.len()),
    };
    counts.iter().map(length).collect()
}

fn read_metadata<T: Number>(bytes: &mut Bytes) -> Result<ChunkDecompressor<T>, ChunkError> {
    if bytes.0.first().is_some_and(|byte| byte & 0x0f == DICT_MODE) {
        return Err(ChunkError::Damaged("its numbers use a dictionary"));
    }
    let (decompressor, rest) = guarded(|| {
        let (header, _) = FileDecompressor::new(&PCO_HEADER[..])?;
        header.chunk_decompressor(bytes.0)
    })?;
    bytes.0 = rest;
    if !is_bounded(decompressor.meta()) {
        return Err(ChunkError::Damaged("its numbers use too large a window"));
    }
    Ok(decompressor)
}

fn is_bounded(meta: &ChunkMeta) -> bool {
    match &meta.delta_encoding {
        DeltaEncoding::Lookback { config, .. } => config.window_n_log <= MAX_WINDOW_LOG2,
        _ => true,
    }
}

/// Fills `numbers`, and returns the rest of the page, which should be empty.
fn decompress<'a, T: Number>(
    decompressor: &mut ChunkDecompressor<T>,
    page: &'a [u8],
    numbers: &mut [T],
) -> PcoResult<Bytes<'a>> {
    let mut page = decompressor.page_decompressor(page, numbers.len())?;
    page.read(numbers)?;
    Ok(Bytes(page.into_src()))
}

/// pco promises errors for damaged bytes. If it panics on forged ones nevertheless, the panic ends here:
/// everything it was working on is dropped.
fn guarded<R>(call: impl FnOnce() -> PcoResult<R>) -> Result<R, ChunkError> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(result) => result.map_err(|error| ChunkError::Compression(error.to_string())),
        Err(_) => Err(ChunkError::Damaged("its numbers cannot be decoded")),
    }
}
