//! Decodes the input, which is a chunk without its checksum.
//!
//! The target adds the right checksum, which a fuzzer would not guess.

#![no_main]

use libfuzzer_sys::fuzz_target;
use muster_history::{
    Buckets, ChartSeries, Column, Counter, Dense, Times, Value, decode_rates, decode_values,
    encode_times, encode_values, fill_buckets, verify,
};

fuzz_target!(|bytes: &[u8]| {
    let mut chunk = bytes.to_vec();
    chunk.extend(crc32c::crc32c(bytes).to_le_bytes());
    let whole = verify(&chunk).is_ok();
    draw(&chunk, &chunk);
    if let Ok(mut times) = Times::open(&chunk) {
        let middle = times.len() / 2;
        let part = times.decode(middle..times.len(), &mut Vec::new());
        assert!(part.is_ok() || !whole);
    }
    if let Ok(mut column) = Column::open(&chunk) {
        read(&mut column, &chunk, whole);
        let times: Vec<i64> = (0..column.len() as i64).collect();
        if let Ok(times) = encode_times(&times) {
            draw(&times, &chunk);
        }
    }
});

/// A valid chunk must be readable in every way, with the same result.
fn read(column: &mut Column, chunk: &[u8], whole: bool) {
    let range = column.len() / 3..column.len() - column.len() / 4;
    let mut floats = Dense::default();
    let exact;
    let values = if column.needs_counter() {
        let times: Vec<i64> = (0..column.len() as i64).map(|at| at * 30_000).collect();
        let count = |&time: &i64| (time % 7 != 0).then_some(time % 1_000_003);
        let stored: Vec<Option<i64>> = times.iter().map(count).collect();
        let mut counts = Dense::default();
        counts.set(stored.iter().copied());
        let clock = clock(column.len());
        let mut ticks = Dense::default();
        let timed =
            Column::open(&clock).and_then(|mut clock| clock.ticks(range.clone(), &mut ticks));
        assert_eq!(timed, Ok(()));
        let _ = column.ticks(range.clone(), &mut Dense::default());
        let counter = Counter {
            first: 0,
            times: &times,
            counts: &counts,
            ticks: Some(&ticks),
        };
        let rates = column.rates(range.clone(), counter, &mut floats);
        assert!(rates.is_ok() || !whole);
        exact = column.rate_values(range.clone(), counter);
        decode_rates(chunk, &times, &stored, Some(&clock))
    } else {
        let _ = column.integers(range.clone(), &mut Dense::default());
        assert!(column.floats(range.clone(), &mut floats).is_ok() || !whole);
        exact = column.values_within(range.clone());
        decode_values(chunk)
    };
    assert_eq!(values.is_ok(), whole);
    if let Ok(values) = &values {
        assert_eq!(exact.as_deref(), Ok(&values[range.clone()]));
    }
    for (at, value) in values
        .iter()
        .flat_map(|values| values[range.clone()].iter().enumerate())
    {
        let bits = value.map(|value| value.as_f64().to_bits());
        assert_eq!(floats.get(at).map(f64::to_bits), bits);
    }
}

/// A clock that other columns may share, made from a chunk of integers.
fn clock(entries: usize) -> Vec<u8> {
    let ticks: Vec<_> = (0..entries as i64)
        .map(|at| (at % 5 != 0).then_some(Value::Integer(125_000_000 + at % 3)))
        .collect();
    let mut chunk = encode_values(&ticks).unwrap_or_default();
    chunk.truncate(chunk.len().saturating_sub(4));
    chunk[2] = 8;
    // No exceptions.
    chunk.push(0);
    chunk.extend(crc32c::crc32c(&chunk).to_le_bytes());
    chunk
}

/// Draws a chart, which must not panic.
fn draw(times: &[u8], chunk: &[u8]) {
    let mut buckets = Buckets::new(1_000, 1 << 40, 1_000);
    let series = ChartSeries {
        chunk,
        counter: Some(chunk),
        clock: Some(chunk),
        buckets: &mut buckets,
    };
    let _ = fill_buckets(times, &mut [series], 700, 1 << 50);
    for bucket in buckets.buckets().iter().flatten() {
        let _ = bucket.avg();
    }
}
