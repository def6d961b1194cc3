//! The entries of a rate column that cannot be computed from its counter.

use crate::body::Body;
use crate::bytes::{Bytes, write_count};
use crate::encode::write_body;
use crate::sections::Sections;
use crate::{ChunkError, EncodeError, Value};
use std::ops::Range;

/// Entries in rising order, and their values.
pub(crate) struct Exceptions {
    entries: Vec<u32>,
    values: Vec<Option<Value>>,
}

/// Writes the values at `exceptions`, which must rise.
pub(crate) fn write_exceptions(
    out: &mut Vec<u8>,
    values: &[Option<Value>],
    exceptions: &[usize],
    log2: u8,
) -> Result<(), EncodeError> {
    write_count(out, exceptions.len());
    let mut after = 0;
    for &entry in exceptions {
        write_count(out, entry - after);
        after = entry + 1;
    }
    let stored: Vec<_> = exceptions
        .iter()
        .filter_map(|&entry| values.get(entry).copied())
        .collect();
    if stored.is_empty() {
        return Ok(());
    }
    let entries = stored.len();
    let mut body = Vec::new();
    out.push(write_body(&mut body, &stored, Sections { entries, log2 })?);
    out.append(&mut body);
    Ok(())
}

impl Exceptions {
    pub(crate) fn parse(bytes: &mut Bytes, sections: Sections) -> Result<Self, ChunkError> {
        let entries = read_entries(bytes, sections.entries)?;
        let mut values = Vec::new();
        if !entries.is_empty() {
            let kind = bytes.read_byte()?;
            let entries = entries.len();
            values = Body::parse(
                kind,
                bytes,
                Sections {
                    entries,
                    ..sections
                },
            )?
            .values()?;
        }
        Ok(Self { entries, values })
    }

    /// The exceptions within a range, each with its entry.
    pub(crate) fn within(
        &self,
        range: &Range<usize>,
    ) -> impl Iterator<Item = (usize, Option<Value>)> {
        let before = |end| {
            self.entries
                .partition_point(|&entry| (entry as usize) < end)
        };
        let found = before(range.start)..before(range.end);
        let entries = self.entries.get(found.clone()).unwrap_or_default();
        let values = self.values.get(found).unwrap_or_default();
        let entries = entries.iter().map(|&entry| entry as usize);
        entries.zip(values.iter().copied())
    }
}

fn read_entries(bytes: &mut Bytes, entries: usize) -> Result<Vec<u32>, ChunkError> {
    // Each takes at least one byte, so the bytes that are left bound the count.
    let count = bytes.read_count(bytes.0.len().min(entries))?;
    let mut found = Vec::with_capacity(count);
    let mut after = 0;
    for _ in 0..count {
        let entry = after + bytes.read_count(entries - after)?;
        if entry >= entries {
            return Err(ChunkError::Damaged("an exception lies beyond its end"));
        }
        found.push(u32::try_from(entry).unwrap_or(u32::MAX));
        after = entry + 1;
    }
    Ok(found)
}
