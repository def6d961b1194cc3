//! No input makes the decoder use more than 64 MiB. There is only one test here, so that nothing else allocates
//! at the same time.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read its fixture has failed"
)]

mod support;

use muster_history::{
    Buckets, ChartSeries, Column, Dense, Times, Value, decode_values, encode_times, encode_values,
    fill_buckets, verify,
};
use peak_alloc::PeakAlloc;
use support::{chunks, forged, places};

#[global_allocator]
static PEAK: PeakAlloc = PeakAlloc;

const LIMIT: usize = 64 << 20;
const ENTRIES: usize = 1 << 20;

/// The peak memory of the decoder, not counting the input.
fn peak(name: &str, bytes: &[u8], read: impl FnOnce(&[u8])) -> usize {
    let before = PEAK.current_usage();
    PEAK.reset_peak_usage();
    read(bytes);
    let peak = PEAK.peak_usage() - before;
    assert!(peak <= LIMIT, "{name} takes {} MiB", peak >> 20);
    peak
}

fn read(bytes: &[u8]) {
    draw(bytes, bytes);
    let _ = verify(bytes);
    let _ = decode_values(bytes);
    if let Ok(mut column) = Column::open(bytes) {
        let _ = column.floats(0..column.len(), &mut Dense::default());
        let _ = column.integers(0..column.len(), &mut Dense::default());
        let _ = column.values_within(0..column.len());
        let _ = column.ticks(0..column.len(), &mut Dense::default());
    }
    if let Ok(mut times) = Times::open(bytes) {
        let _ = times.decode(0..times.len(), &mut Vec::new());
    }
}

/// Fills buckets, using the bytes in several roles.
fn draw(times: &[u8], chunk: &[u8]) {
    draw_rates(times, chunk, chunk, chunk);
}

fn draw_rates(times: &[u8], chunk: &[u8], counter: &[u8], clock: &[u8]) {
    let mut buckets = Buckets::new(0, 1 << 40, 1_000);
    let series = ChartSeries {
        chunk,
        counter: Some(counter),
        clock: Some(clock),
        buckets: &mut buckets,
    };
    let _ = fill_buckets(times, &mut [series], i64::MIN, i64::MAX);
}

/// A chunk of 2^20 entries with this kind and body.
fn chunk(kind: u8, log2: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![b'M', 1, kind, log2, 0x80, 0x80, 0x40];
    bytes.extend_from_slice(body);
    bytes.extend([0; 4]);
    forged(bytes)
}

#[test]
fn hostile_bytes_stay_within_bounds() {
    let mut most = 0;
    let times: Vec<i64> = (0..ENTRIES as i64).map(|at| at * 1_000 + at % 7).collect();
    let times = encode_times(&times).unwrap();
    for (name, bytes, reason) in hostile() {
        let found =
            verify(&bytes).map_or_else(|error| error.to_string(), |count| count.to_string());
        assert!(found.contains(reason), "{name}: {found}");
        most = most.max(peak(name, &bytes, read));
        most = most.max(peak(name, &bytes, |bytes| draw(&times, bytes)));
    }
    let (mixed, rates, clock) = crowded();
    for whole in [&mixed, &rates, &clock] {
        assert_eq!(verify(whole), Ok(ENTRIES));
    }
    most = most.max(peak("all at once", &rates, |rates| {
        draw_rates(&times, rates, &mixed, &clock);
    }));
    for (name, bytes) in chunks() {
        for at in places(&bytes) {
            for value in [0x00, 0x0f, 0xf4, 0xff] {
                let mut edited = bytes.clone();
                edited[at] = value;
                most = most.max(peak(&name, &forged(edited), read));
            }
        }
    }
    println!("at most {} KiB", most >> 10);
}

/// A million integers and floats, which are also the exceptions of rates and of their clock.
fn crowded() -> (Vec<u8>, Vec<u8>, Vec<u8>) {
    let value = |at| match at % 2 {
        0 => Value::Integer(7),
        _ => Value::Float(7.0),
    };
    let mixed = encode_values(&(0..ENTRIES).map(|at| Some(value(at))).collect::<Vec<_>>());
    let mixed = mixed.unwrap();
    let stored = [
        &[0x80, 0x80, 0x40],
        &[0; ENTRIES][..],
        &[6],
        &mixed[7..mixed.len() - 4],
    ];
    let rates = chunk(9, 13, &stored.concat());
    let ticks = [[1, 0].to_vec(), stored.concat()].concat();
    (mixed, rates, chunk(8, 13, &ticks))
}

/// Chunks that request much memory, and the expected result.
fn hostile() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let every_other = [0x55; ENTRIES / 8];
    let bitmap = |kind, rest: &[u8]| chunk(kind, 8, &[&[2], &every_other[..], rest].concat());
    let exceptions = |kind, rest: &[u8]| {
        chunk(
            kind,
            13,
            &[&[0x80, 0x80, 0x40], &[0; ENTRIES][..], rest].concat(),
        )
    };
    let column = |entry: fn(usize) -> Option<Value>| {
        encode_values(&(0..ENTRIES).map(entry).collect::<Vec<_>>()).unwrap()
    };
    let ones = column(|at| (at % 2 == 0).then_some(Value::Integer(1)));
    let mixed = column(|at| {
        Some(if at % 2 == 0 {
            Value::Integer(7)
        } else {
            Value::Float(7.0)
        })
    });
    let stored = &mixed[7..mixed.len() - 4];
    let dictionary = [&[0; 4096][..], &[0xf4, 0xff, 0xff, 0xff]].concat();
    let window = [&[0; 17][..], &[0x20, 0x17], &[0; 40]].concat();
    let claim = forged([&[b'M', 1, 1, 8], &[0xff; 8][..], &[0x7f, 0, 0, 0, 0]].concat());
    vec![
        ("a million NULLs", chunk(1, 8, &[1, 0]), "1048576"),
        (
            "half a million runs and no numbers",
            bitmap(1, &[]),
            "cut short",
        ),
        ("a dictionary of 2^25", bitmap(2, &dictionary), "dictionary"),
        (
            "a window of 2^24",
            chunk(1, 16, &window),
            "too large a window",
        ),
        ("half a million runs", ones, "1048576"),
        (
            "a million exceptions",
            exceptions(7, &[&[6], stored].concat()),
            "1048576",
        ),
        (
            "a million exceptions to another's clock",
            exceptions(9, &[&[6], stored].concat()),
            "1048576",
        ),
        ("a million integers and floats", mixed, "1048576"),
        (
            "a million exceptions, cut",
            exceptions(7, &[1]),
            "cut short",
        ),
        ("a million times, cut", chunk(0, 8, &[1; 5000]), "cut short"),
        ("2^63 - 1 entries", claim, "at most 1048576"),
    ]
}
