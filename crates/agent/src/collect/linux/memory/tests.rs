//! Texts of `meminfo` and the values of psutil 7.

use super::*;

const KB: u64 = 1024;

const MEMINFO: &[u8] = b"MemTotal:        8000000 kB\nMemFree:         1000000 kB\n\
    MemAvailable:    5000000 kB\nBuffers:          100000 kB\nCached:          3000000 kB\n\
    SwapCached:            7 kB\nActive:          2000000 kB\nInactive:        1500000 kB\n\
    Active(file):    1200000 kB\nInactive(file):  1000000 kB\nSwapTotal:       2000000 kB\n\
    SwapFree:        1500000 kB\nShmem:            300000 kB\nSlab:             400000 kB\n\
    SReclaimable:     250000 kB\nHugePages_Total:       0\n";

#[test]
fn meminfo_is_understood_as_psutil_understands_it() {
    let info = parse(MEMINFO).unwrap();
    let memory = memory(&info, info.available.unwrap());
    assert_eq!(memory.total, 8_000_000 * KB);
    assert_eq!(memory.used, 3_000_000 * KB);
    assert_eq!(memory.percent, 37.5);
    assert_eq!(memory.cached, Some(3_250_000 * KB));
    assert_eq!(memory.shared, Some(300_000 * KB));
    let swap = swap(&info).unwrap();
    assert_eq!(
        (swap.total_bytes, swap.used_bytes),
        (2_000_000 * KB, 500_000 * KB)
    );
}

#[test]
fn available_memory_is_estimated_where_the_kernel_does_not_say() {
    let info = parse(MEMINFO).unwrap();
    // 1,000,000 free - 50,000 low + (2,200,000 - 50,000) cache + (250,000 - 50,000) slab.
    assert_eq!(estimate_available(&info, Some(50_000 * KB)), 3_300_000 * KB);
    assert_eq!(estimate_available(&info, None), 4_000_000 * KB);
    let old = parse(b"MemTotal: 10 kB\nMemFree: 4 kB\nCached: 3 kB\n").unwrap();
    assert_eq!(estimate_available(&old, Some(1)), 7 * KB);
    let low = parse_low_watermarks(b"  pages free 9\n        min 3\n        low      4\n  low 5\n");
    assert_eq!(low, Some(9));
}

#[test]
fn more_available_than_total_is_the_free() {
    let info = parse(b"MemTotal: 10 kB\nMemFree: 4 kB\nMemAvailable: 99 kB\n").unwrap();
    let memory = memory(&info, info.available.unwrap());
    assert_eq!((memory.available, memory.used), (4 * KB, 6 * KB));
    assert_eq!(swap(&info), None);
}

#[test]
fn hostile_text_gives_nothing_or_something_sound() {
    for odd in [
        "",
        "MemTotal",
        "MemTotal: x kB\nMemFree: 1 kB",
        "MemTotal: 1 kB",
        "\n\n::\n",
    ] {
        assert_eq!(parse(odd.as_bytes()), None, "{odd}");
    }
    let huge = format!("MemTotal: {} kB\nMemFree: 1 kB\n", u64::MAX);
    assert_eq!(parse(huge.as_bytes()), None, "it does not fit in bytes");
    let odd = parse(b"MemTotal: 1 kB\nMemFree: 9 kB\nSwapTotal: 1 kB\nSwapFree: 2 kB\n").unwrap();
    assert_eq!(memory(&odd, 5 * KB).used, 0);
    assert_eq!(swap(&odd).unwrap().used_bytes, 0);
}
