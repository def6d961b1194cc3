//! Main memory and swap from `meminfo`, with the meanings of psutil 7.

use super::fields::{lines, number, words};
use super::source::{SourceError, SourceFolder};
use crate::collect::rounding::percent;
use muster_wire::Memory;

/// The fields of `meminfo` that are used, in bytes.
#[derive(Debug, Default, PartialEq, Eq)]
struct MemInfo {
    total: u64,
    free: u64,
    available: Option<u64>,
    buffers: u64,
    cached: u64,
    active: u64,
    inactive: u64,
    active_file: Option<u64>,
    inactive_file: Option<u64>,
    shared: u64,
    slab: u64,
    slab_reclaimable: Option<u64>,
    swap_total: Option<u64>,
    swap_free: Option<u64>,
}

/// Swap in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Swap {
    /// The size.
    pub total_bytes: u64,
    /// The used part.
    pub used_bytes: u64,
}

/// Reads main memory, and swap if the kernel has it.
pub fn read_memory(
    proc: &mut SourceFolder,
    page_bytes: u64,
) -> Result<(Memory, Option<Swap>), SourceError> {
    let info = proc.read_file("meminfo", parse)?;
    // Absent before Linux 3.14, and zero in some containers.
    let available = match info.available {
        Some(available) if available > 0 => available,
        _ => {
            let low_pages = proc.read_file("zoneinfo", parse_low_watermarks).ok();
            estimate_available(
                &info,
                low_pages.map(|pages| pages.saturating_mul(page_bytes)),
            )
        }
    };
    Ok((memory(&info, available), swap(&info)))
}

fn parse(text: &[u8]) -> Option<MemInfo> {
    let mut info = MemInfo::default();
    let mut found = (false, false);
    for (key, bytes) in lines(text).filter_map(parse_line) {
        match key {
            b"MemTotal" => (info.total, found.0) = (bytes, true),
            b"MemFree" => (info.free, found.1) = (bytes, true),
            b"MemAvailable" => info.available = Some(bytes),
            b"Buffers" => info.buffers = bytes,
            b"Cached" => info.cached = bytes,
            b"Active" => info.active = bytes,
            b"Inactive" => info.inactive = bytes,
            b"Active(file)" => info.active_file = Some(bytes),
            b"Inactive(file)" => info.inactive_file = Some(bytes),
            b"Shmem" | b"MemShared" => info.shared = bytes,
            b"Slab" => info.slab = bytes,
            b"SReclaimable" => info.slab_reclaimable = Some(bytes),
            b"SwapTotal" => info.swap_total = Some(bytes),
            b"SwapFree" => info.swap_free = Some(bytes),
            _ => {}
        }
    }
    (found == (true, true)).then_some(info)
}

/// Parses `MemTotal: 24684084 kB`.
fn parse_line(line: &[u8]) -> Option<(&[u8], u64)> {
    let colon = line.iter().position(|&byte| byte == b':')?;
    let kilobytes = number(words(&line[colon + 1..]).next()?)?;
    Some((&line[..colon], kilobytes.checked_mul(1024)?))
}

/// The sum of the `low` watermarks of `zoneinfo`, in pages.
fn parse_low_watermarks(text: &[u8]) -> Option<u64> {
    let low = |line| {
        let mut words = words(line);
        (words.next()? == b"low").then(|| number(words.next()?))?
    };
    Some(lines(text).filter_map(low).fold(0, u64::saturating_add))
}

/// Estimates available memory like psutil if the kernel does not report it: free memory plus the part of the
/// caches that can be dropped without going below the watermarks.
fn estimate_available(info: &MemInfo, low_bytes: Option<u64>) -> u64 {
    let (Some(active), Some(inactive), Some(slab), Some(low)) = (
        info.active_file,
        info.inactive_file,
        info.slab_reclaimable,
        low_bytes,
    ) else {
        return info.free.saturating_add(info.cached);
    };
    let droppable = |cache: u64| cache - (cache / 2).min(low);
    info.free
        .saturating_add(droppable(active.saturating_add(inactive)))
        .saturating_add(droppable(slab))
        .saturating_sub(low)
}

fn memory(info: &MemInfo, available: u64) -> Memory {
    // In some containers the two values come from different computers. psutil, like `free`, then uses free
    // memory.
    let available = if available > info.total {
        info.free.min(info.total)
    } else {
        available
    };
    let used = info.total - available;
    let cached = info
        .cached
        .saturating_add(info.slab_reclaimable.unwrap_or(0));
    Memory {
        total: info.total,
        available,
        percent: percent(used, info.total),
        used,
        free: Some(info.free),
        active: Some(info.active),
        inactive: Some(info.inactive),
        buffers: Some(info.buffers),
        cached: Some(cached),
        shared: Some(info.shared),
        slab: Some(info.slab),
    }
}

fn swap(info: &MemInfo) -> Option<Swap> {
    let total_bytes = info.swap_total?;
    Some(Swap {
        total_bytes,
        used_bytes: total_bytes.saturating_sub(info.swap_free?),
    })
}

#[cfg(test)]
mod tests;
