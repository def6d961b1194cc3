//! Main memory and swap: `meminfo`, with psutil 7's meanings.

use super::fields::{lines, number, words};
use super::source::{Folder, SourceError};
use crate::collect::rounding::percent;
use muster_wire::Memory;

/// What of `meminfo` is used, in bytes.
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
    /// Its size.
    pub total_bytes: u64,
    /// What is taken.
    pub used_bytes: u64,
}

/// Reads main memory, and swap where the kernel has it.
pub fn read(proc: &mut Folder, page_bytes: u64) -> Result<(Memory, Option<Swap>), SourceError> {
    let info = proc.read("meminfo", parse)?;
    // Absent before Linux 3.14; zero in some containers.
    let available = match info.available {
        Some(available) if available > 0 => available,
        _ => {
            let low_pages = proc.read("zoneinfo", parse_low_watermarks).ok();
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

/// `MemTotal:       24684084 kB`
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

/// What psutil takes for available memory where the kernel does not say: free memory and what of the
/// caches could be dropped without going below the watermarks.
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
    // In some containers the two come from different computers; psutil, like free, then takes the free.
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
