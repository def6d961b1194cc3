use super::encode::{
    SMALL, clock, encode_rates_in_sections, exceptions, write_clocked, write_rates,
};
use super::*;
use crate::{EncodeError, encode_values};
use proptest::prelude::*;

#[derive(Clone, Debug)]
struct Period {
    times: Vec<i64>,
    counts: Vec<Option<i64>>,
    values: Vec<Option<Value>>,
}

/// What happens between two samples.
#[derive(Clone, Debug)]
enum Event {
    Counted(i64),
    Reset,
    Jump(i64),
    NoCount,
    Stored(Option<Value>),
}

fn event() -> impl Strategy<Value = Event> {
    let stored = prop_oneof![
        Just(None),
        any::<u64>().prop_map(|bits| Some(Value::Float(f64::from_bits(bits)))),
        any::<i64>().prop_map(|integer| Some(Value::Integer(integer))),
    ];
    prop_oneof![
        60 => (0_i64..10_000_000).prop_map(Event::Counted),
        1 => Just(Event::Reset),
        1 => any::<i64>().prop_map(Event::Jump),
        1 => Just(Event::NoCount),
        1 => stored.prop_map(Event::Stored),
    ]
}

fn period() -> impl Strategy<Value = Period> {
    let steps = proptest::collection::vec((29_980_i64..30_020, event()), 0..700);
    steps.prop_map(|steps| {
        let mut count = 1_000_000_i64;
        let mut period = Period {
            times: vec![],
            counts: vec![],
            values: vec![],
        };
        let mut time = 1_790_000_000_000;
        for (entry, (step, event)) in steps.into_iter().enumerate() {
            time += step;
            match event {
                Event::Counted(more) => count = count.saturating_add(more),
                Event::Reset => count = 0,
                Event::Jump(to) => count = to,
                _ => {}
            }
            period.times.push(time);
            let counted = !matches!(event, Event::NoCount);
            period.counts.push(counted.then_some(count));
            let derived = derive(entry, &period.times, &period.counts).map(Value::Float);
            period.values.push(match event {
                Event::Stored(value) => value,
                _ => derived,
            });
        }
        period
    })
}

fn dense(counts: &[Option<i64>]) -> Dense<i64> {
    let mut dense = Dense::default();
    dense.set(counts.iter().copied());
    dense
}

proptest! {
    #[test]
    fn rates_round_trip(period in period()) {
        let Period { times, counts, values } = &period;
        if let Some(bytes) = encode_rates_in_sections(values, times, counts, 8).unwrap() {
            prop_assert_eq!(&decode_rates(&bytes, times, counts, None).unwrap(), values);
            prop_assert!(bytes.len() <= SMALL || bytes.len() < encode_values(values).unwrap().len());
        }
    }

    #[test]
    fn a_range_is_what_the_whole_says(
        period in period(), clocked: bool, from in 0_usize..700, to in 0_usize..700
    ) {
        let Period { times, counts, values } = &period;
        let bytes = if clocked {
            let clock = clock(values, counts);
            let all = exceptions(values, |entry| super::clocked(entry, clock[entry], counts));
            write_clocked(values, &clock, &all, 8).unwrap()
        } else {
            let all = exceptions(values, |entry| derive(entry, times, counts));
            write_rates(values, &all, 8).unwrap()
        };
        prop_assert_eq!(&decode_rates(&bytes, times, counts, None).unwrap(), values);
        let end = to.min(values.len());
        let range = from.min(end)..end;
        let first = range.start.saturating_sub(1);
        let counts = dense(&counts[first..end]);
        let counter = Counter { first, times: &times[first..end], counts: &counts, ticks: None };
        let mut floats = Dense::default();
        let mut column = Column::open(&bytes).unwrap();
        column.rates(range.clone(), counter, &mut floats).unwrap();
        let exact = column.rate_values(range.clone(), counter).unwrap();
        prop_assert_eq!(&exact[..], &values[range.clone()]);
        for (at, value) in values[range].iter().enumerate() {
            let found = floats.get(at).map(f64::to_bits);
            prop_assert_eq!(found, value.map(|value| value.as_f64().to_bits()));
        }
    }
}

/// A period whose rates all follow from the counter, except the first, which is stored.
fn plain(first: Option<Value>) -> Period {
    let times: Vec<i64> = (0..2880).map(|at| at * 30_000 + at % 7).collect();
    let counts: Vec<_> = (0..2880).map(|at| Some(at * at * 1000)).collect();
    let rate = |entry| match entry {
        0 => first,
        _ => derive(entry, &times, &counts).map(Value::Float),
    };
    let values = (0..2880).map(rate).collect();
    Period {
        times,
        counts,
        values,
    }
}

#[test]
fn what_follows_takes_no_bytes() {
    for first in [None, Some(Value::Float(0.1))] {
        let Period {
            times,
            counts,
            values,
        } = plain(first);
        let bytes = encode_rates(&values, &times, &counts).unwrap().unwrap();
        assert!(bytes.len() <= SMALL + 8, "{}", bytes.len());
        assert_eq!(decode_rates(&bytes, &times, &counts, None).unwrap(), values);
    }
}

/// Rates timed by another clock, in seconds as a float.
fn timed(seconds: impl Fn(usize) -> f64) -> (Period, Vec<Option<Value>>) {
    let period = plain(None);
    let rate = |entry: usize| {
        let counted = period.counts[entry]? - period.counts[entry.checked_sub(1)?]?;
        Some(Value::Float(
            crate::value::approximate(counted) / seconds(entry),
        ))
    };
    let values = (0..period.times.len()).map(rate).collect();
    (period, values)
}

#[test]
fn rates_of_an_agents_clock_take_its_jitter() {
    let reading =
        |entry: usize| 1_763_575_200.25 + 30.003 * entry as f64 + (entry % 11) as f64 / 700.0;
    let (Period { times, counts, .. }, values) = timed(|entry| reading(entry) - reading(entry - 1));
    let bytes = encode_rates(&values, &times, &counts).unwrap().unwrap();
    assert_eq!(decode_rates(&bytes, &times, &counts, None).unwrap(), values);
    assert!(bytes.len() * 3 < encode_values(&values).unwrap().len());
}

#[test]
fn rates_that_follow_from_nothing_are_stored() {
    let (Period { times, counts, .. }, values) =
        timed(|entry| 29.9 + (entry as f64).sqrt() / 600.0);
    assert_eq!(encode_rates(&values, &times, &counts), Ok(None));
}

#[test]
fn refuses_columns_that_do_not_fit() {
    let Period {
        times,
        counts,
        values,
    } = plain(None);
    let short = &times[1..];
    assert_eq!(
        encode_rates(&values, short, &counts),
        Err(EncodeError::Lengths)
    );
    let bytes = encode_rates(&values, &times, &counts).unwrap().unwrap();
    assert_eq!(
        decode_rates(&bytes, short, &counts, None),
        Err(ChunkError::Lengths)
    );
    let mut column = Column::open(&bytes).unwrap();
    assert!(column.needs_counter());
    assert_eq!(column.values(), Err(ChunkError::NeedsCounter));
    let counts = dense(&counts[5..]);
    let counter = Counter {
        first: 5,
        times: &times[5..],
        counts: &counts,
        ticks: None,
    };
    let missing = column.rates(5..9, counter, &mut Dense::default());
    assert_eq!(missing, Err(ChunkError::Lengths));
    assert_eq!(column.rate_values(5..9, counter), Err(ChunkError::Lengths));
    assert_eq!(column.values_within(5..9), Err(ChunkError::NeedsCounter));
}
