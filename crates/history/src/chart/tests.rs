use super::*;
use crate::encode::encode_in_sections as encode_values_in_sections;
use crate::rates::encode::encode_rates_in_sections;
use crate::rates::pair::encode_shared;
use crate::times::encode::encode_in_sections as encode_times_in_sections;
use crate::{
    RateColumn, Value, decode_rates, decode_times, decode_values, encode_rates, encode_times, rate,
};
use proptest::prelude::*;

/// Chunks of one period: a gauge, a counter with its rate, and two rates with a shared clock.
#[derive(Debug)]
struct Period {
    times: Vec<u8>,
    gauge: Vec<u8>,
    counter: Vec<u8>,
    rate: Vec<u8>,
    clocked: Vec<u8>,
    shared: Vec<u8>,
}

/// An entry: the time since the one before, the gauge, and the increase of the counter, or `None` if it
/// restarts.
type Entry = (i64, Option<Value>, Option<i64>);

fn entry() -> impl Strategy<Value = Entry> {
    let usual = 29_990_i64..30_010;
    let step = prop_oneof![200 => usual, 2 => 1_i64..60_000, 1 => 100_000_i64..9_000_000];
    let tenths = (-1_000_i32..1_000).prop_map(|tenths| Value::Float(f64::from(tenths) / 10.0));
    let gauge = prop_oneof![30 => tenths.prop_map(Some), 1 => Just(None)];
    let counted = prop_oneof![60 => (0_i64..10_000_000).prop_map(Some), 1 => Just(None)];
    (step, gauge, counted)
}

/// Replaces the value of the gauge by an integer, a float or either, depending on the kind.
fn of_kind(kind: u8, at: usize, value: Value) -> Value {
    match kind {
        1 => Value::Integer(at as i64 * 7_777_777),
        2 => Value::Float(value.as_f64() / 3.0),
        3 if at.is_multiple_of(3) => Value::Integer(5),
        _ => value,
    }
}

fn period(entries: &[Entry], kind: u8, log2: [u8; 3]) -> Period {
    let (mut time, mut count) = (1_790_000_000_000, 0);
    let (mut times, mut gauge, mut counts) = (vec![], vec![], vec![]);
    for (at, (step, value, counted)) in entries.iter().enumerate() {
        time += step;
        count = counted.map_or(0, |counted| count + counted);
        times.push(time);
        gauge.push(value.map(|value| of_kind(kind, at, value)));
        counts.push((at % 97 != 5).then_some(count));
    }
    let follows = |at: usize| {
        let before = at.checked_sub(1)?;
        rate(times[before], counts[before]?, times[at], counts[at]?)
    };
    let mut rates: Vec<_> = (0..times.len())
        .map(|at| follows(at).map(Value::Float))
        .collect();
    rates
        .iter_mut()
        .take(1)
        .for_each(|rate| *rate = Some(Value::Integer(9)));
    let [clocked, shared] = clocked(&counts, log2[1]);
    let stored: Vec<_> = counts
        .iter()
        .map(|count| count.map(Value::Integer))
        .collect();
    let derived = encode_rates_in_sections(&rates, &times, &counts, log2[0]).unwrap();
    Period {
        times: encode_times_in_sections(&times, log2[0]).unwrap(),
        gauge: encode_values_in_sections(&gauge, log2[1]).unwrap(),
        counter: encode_values_in_sections(&stored, log2[2]).unwrap(),
        rate: derived.unwrap_or_else(|| encode_values_in_sections(&rates, log2[1]).unwrap()),
        clocked,
        shared,
    }
}

/// Two rate columns timed by the agent's clock, the second with an exception.
fn clocked(counts: &[Option<i64>], log2: u8) -> [Vec<u8>; 2] {
    let follows = |at: usize| {
        let counted = counts[at]?.checked_sub(counts[at.checked_sub(1)?]?)?;
        let elapsed = (126_000_000 + at % 97) as f64 / f64::from(1 << 22);
        (counted >= 0).then(|| Value::Float(counted as f64 / elapsed))
    };
    let values: Vec<_> = (0..counts.len()).map(follows).collect();
    let mut other = values.clone();
    other
        .iter_mut()
        .take(1)
        .for_each(|rate| *rate = Some(Value::Integer(5)));
    let [one, other] = [&values, &other].map(|values| RateColumn { values, counts });
    encode_shared(one, other, log2).unwrap().unwrap()
}

/// Decodes a whole series and adds its entries one by one.
fn one_by_one(period: &Period, chunk: &[u8], span: &Range<i64>, mut buckets: Buckets) -> Buckets {
    let times = decode_times(&period.times).unwrap();
    let values = decode_values(chunk).unwrap_or_else(|_| {
        let counts = decode_values(&period.counter).unwrap();
        let integer = |count: &Option<Value>| match count {
            Some(Value::Integer(integer)) => Some(*integer),
            _ => None,
        };
        let counts: Vec<_> = counts.iter().map(integer).collect();
        decode_rates(chunk, &times, &counts, Some(&period.clocked)).unwrap()
    });
    for (time, value) in times.iter().zip(values) {
        if let Some(value) = value.filter(|_| span.contains(time)) {
            buckets.add_value(*time, value.as_f64());
        }
    }
    buckets
}

fn assert_same(found: &Buckets, expected: &Buckets) {
    for (found, expected) in found.buckets().iter().zip(expected.buckets()) {
        assert_eq!(found.is_some(), expected.is_some());
        if let Some((found, expected)) = found.zip(*expected) {
            let exact = |bucket: crate::Bucket| (bucket.min, bucket.max, bucket.count);
            assert_eq!(exact(found), exact(expected));
            let most = expected.min.abs().max(expected.max.abs()) * f64::from(expected.count);
            assert!((found.sum - expected.sum).abs() <= most * 1e-12);
        }
    }
}

proptest! {
    #[test]
    fn filling_is_decoding_and_adding(
        entries in prop::collection::vec(entry(), 1..1500),
        kind in 0_u8..4,
        log2 in [8_u8..11, 8_u8..11, 8_u8..11],
        (from, to) in (any::<prop::sample::Index>(), any::<prop::sample::Index>()),
        (off_from, off_to) in (-1_i64..2, -1_i64..2),
        all: bool,
        points in [1_u32..2_000, 1_u32..30],
    ) {
        let period = period(&entries, kind, log2);
        let times = decode_times(&period.times).unwrap();
        let mut span = from.get(&times) + off_from..to.get(&times) + off_to;
        if all {
            span = i64::MIN..i64::MAX;
        }
        // One grid wider than the span, one that matches it.
        let whole = Buckets::new(times[0] - 5, times[times.len() - 1] + 5, points[0]);
        let part = Buckets::new(span.start, span.end, points[1]);
        let chunks = [
            &period.gauge, &period.counter, &period.rate, &period.rate, &period.gauge,
            &period.shared, &period.clocked, &period.shared,
        ];
        let empty = [&whole, &whole, &whole, &part, &part, &whole, &whole, &part];
        let mut found = empty.map(Buckets::clone);
        let mut series: Vec<_> = found.iter_mut().zip(chunks).map(|(buckets, chunk)| ChartSeries {
            chunk,
            counter: Some(&period.counter),
            clock: Some(&period.clocked),
            buckets,
        }).collect();
        fill_buckets(&period.times, &mut series, span.start, span.end).unwrap();
        for (which, chunk) in chunks.into_iter().enumerate() {
            let expected = one_by_one(&period, chunk, &span, empty[which].clone());
            assert_same(&found[which], &expected);
        }
        // A gauge alone needs fewer decoded times.
        let mut alone = whole.clone();
        let series = ChartSeries { chunk: &period.gauge, counter: None, clock: None, buckets: &mut alone };
        fill_buckets(&period.times, &mut [series], span.start, span.end).unwrap();
        assert_same(&alone, &found[0]);
    }
}

#[test]
fn says_which_chunk_is_wrong() {
    let times = encode_times(&[1, 2, 3]).unwrap();
    let gauge = encode_values_in_sections(&[Some(Value::Integer(1)); 3], 8).unwrap();
    let short = encode_values_in_sections(&[None; 2], 8).unwrap();
    let values = [None, Some(Value::Float(7.0)), Some(Value::Float(7.0))];
    let counts = [0, 0, 0].map(Some);
    let rates = encode_rates(&values, &[1, 2, 3], &counts).unwrap().unwrap();
    let filled = |times: &[u8], chunk: &[u8], counter: Option<&[u8]>, clock: Option<&[u8]>| {
        let (mut one, mut other) = (Buckets::new(0, 9, 3), Buckets::new(0, 9, 3));
        let gauge = ChartSeries {
            chunk: &gauge,
            counter: None,
            clock: None,
            buckets: &mut one,
        };
        let series = ChartSeries {
            chunk,
            counter,
            clock,
            buckets: &mut other,
        };
        fill_buckets(times, &mut [gauge, series], 0, 9)
    };
    let second = |error| Err(FillError::Series(1, error));
    assert_eq!(filled(&times, &gauge, None, None), Ok(()));
    assert_eq!(
        filled(&gauge, &gauge, None, None),
        Err(FillError::Times(ChunkError::Kind))
    );
    assert_eq!(
        filled(&times, &short, None, None),
        second(ChunkError::Lengths)
    );
    assert_eq!(filled(&times, &times, None, None), second(ChunkError::Kind));
    assert_eq!(
        filled(&times, &rates, None, None),
        second(ChunkError::NeedsCounter)
    );
    assert_eq!(
        filled(&times, &rates, Some(&short), None),
        second(ChunkError::Lengths)
    );
    assert_eq!(
        filled(&times, &rates, Some(&rates), None),
        second(ChunkError::NeedsCounter)
    );
    assert_eq!(filled(&times, &rates, Some(&gauge), None), Ok(()));
    let [clock, shared] = clocked(&counts, 8);
    let by_clock = |clock| filled(&times, &shared, Some(&gauge), clock);
    assert_eq!(by_clock(None), second(ChunkError::NeedsClock));
    assert_eq!(by_clock(Some(&gauge)), second(ChunkError::Kind));
    assert_eq!(by_clock(Some(&short)), second(ChunkError::Lengths));
    assert_eq!(by_clock(Some(&clock)), Ok(()));
}
