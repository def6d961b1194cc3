//! Encodes times as deviations from steady steps, which compress better and decode faster.

use crate::EncodeError;
use crate::bytes::{write_varint, zigzag};
use crate::format::{MAX_ENTRIES, SECTION_LOG2, TIMES, write_chunk};
use crate::numbers::write_numbers;
use crate::sections::Sections;

/// Number of entries over which a step is measured.
const STEP_REACH: usize = 64;

/// Encodes times, each later than the one before.
pub fn encode_times(times: &[i64]) -> Result<Vec<u8>, EncodeError> {
    encode_in_sections(times, SECTION_LOG2)
}

pub(crate) fn encode_in_sections(times: &[i64], log2: u8) -> Result<Vec<u8>, EncodeError> {
    if times.len() > MAX_ENTRIES {
        return Err(EncodeError::TooMany(times.len()));
    }
    if let Some(at) = times.windows(2).position(|pair| pair[0] >= pair[1]) {
        return Err(EncodeError::NotRising(at + 1));
    }
    let sections = Sections {
        entries: times.len(),
        log2,
    };
    let mut body = Vec::new();
    write_bounds(&mut body, times, sections);
    let step = step(times);
    write_varint(&mut body, zigzag(step));
    let counts: Vec<usize> = sections.spans().map(|span| span.len()).collect();
    write_numbers(&mut body, &remainders(times, sections, step), &counts)?;
    Ok(write_chunk(TIMES, sections, &body))
}

/// The usual distance between two times: measured over many entries so that jitter averages out, and taken as
/// the median so that gaps do not matter.
fn step(times: &[i64]) -> i64 {
    let reach = times.len().saturating_sub(1).min(STEP_REACH);
    let Some(later) = times.get(reach..).filter(|_| reach > 0) else {
        return 0;
    };
    let pairs = times.iter().zip(later);
    let mut distances: Vec<i64> = pairs
        .map(|(time, later)| later.wrapping_sub(*time))
        .collect();
    let middle = distances.len() / 2;
    let (_, middle, _) = distances.select_nth_unstable(middle);
    let reach = i64::try_from(reach).unwrap_or(1);
    middle.saturating_add(reach / 2) / reach
}

/// The deviations of the times from the steady steps of their section.
fn remainders(times: &[i64], sections: Sections, step: i64) -> Vec<i64> {
    let mut remainders = times.to_vec();
    for span in sections.spans() {
        let section = &mut remainders[span];
        let first = section.first().copied().unwrap_or_default();
        let mut expected = first;
        for time in section {
            *time = time.wrapping_sub(expected);
            expected = expected.wrapping_add(step);
        }
    }
    remainders
}

fn write_bounds(out: &mut Vec<u8>, times: &[i64], sections: Sections) {
    let firsts = sections.spans().filter_map(|span| times.get(span.start));
    let mut before = None;
    for &bound in firsts.chain(times.last()) {
        write_varint(
            out,
            match before {
                None => zigzag(bound),
                Some(before) => bound.abs_diff(before),
            },
        );
        before = Some(bound);
    }
}
