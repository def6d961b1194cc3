//! Uses any bytes as any part of a chart.

use super::{clock, shared};
use muster_history::{
    Buckets, ChartSeries, Column, FillError, Times, Value, encode_times, encode_values,
    fill_buckets,
};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Mutex;

/// Fills buckets, using the bytes as times, gauge, rates, counter and clock.
pub fn in_every_role(bytes: &[u8], whole: bool) {
    let times = Times::open(bytes).map(|times| times.len()).ok();
    let column = Column::open(bytes).map(|column| column.len()).ok();
    let entries = times.or(column).unwrap_or(7);
    if entries > 10_000 {
        return;
    }
    let mut known = PLAIN.lock().unwrap();
    let [steady, ones, ticks, shared] = known
        .entry(entries)
        .or_insert_with(|| plain(entries))
        .clone();
    drop(known);
    let middle = entries as i64 / 3..entries as i64 / 2 + 1;
    for span in [i64::MIN..i64::MAX, middle] {
        let drawn = [
            filled(bytes, &ones, [&ones, &ticks], &span),
            filled(&steady, bytes, [&ones, &ticks], &span),
        ];
        let _ = filled(bytes, bytes, [bytes, bytes], &span);
        let _ = filled(&steady, &ones, [bytes, bytes], &span);
        let _ = filled(&steady, &shared, [&ones, bytes], &span);
        let _ = filled(&steady, &shared, [bytes, &ticks], &span);
        assert!(!whole || drawn.iter().any(Result::is_ok));
    }
}

/// Steady times, a column of ones, a clock and rates that share it, by number of entries.
static PLAIN: Mutex<BTreeMap<usize, [Vec<u8>; 4]>> = Mutex::new(BTreeMap::new());

fn plain(entries: usize) -> [Vec<u8>; 4] {
    let steady: Vec<_> = (0..entries as i64).collect();
    let ones = vec![Some(Value::Integer(1)); entries];
    [
        encode_times(&steady).unwrap(),
        encode_values(&ones).unwrap(),
        clock(entries),
        shared(entries),
    ]
}

fn filled(
    times: &[u8],
    chunk: &[u8],
    [counter, clock]: [&[u8]; 2],
    span: &Range<i64>,
) -> Result<(), FillError> {
    let (mut near, mut far) = (Buckets::new(0, 900, 40), Buckets::new(-1 << 60, 1 << 60, 9));
    let mut series = [&mut near, &mut far].map(|buckets| ChartSeries {
        chunk,
        counter: Some(counter),
        clock: Some(clock),
        buckets,
    });
    fill_buckets(times, &mut series, span.start, span.end)?;
    let both = near.buckets().iter().chain(far.buckets());
    both.flatten().for_each(|bucket| _ = bucket.avg());
    Ok(())
}
