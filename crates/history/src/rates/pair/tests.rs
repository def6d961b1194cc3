use super::super::encode_rates;
use super::*;
use crate::{ChunkError, Column, Counter, Dense, decode_rates, encode_values, verify};
use proptest::prelude::*;

/// What happens to an interface between two samples.
#[derive(Clone, Debug)]
enum Event {
    Counted(i64),
    Reset,
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
        40 => Just(Event::Counted(0)),
        40 => (0_i64..1_000_000_000).prop_map(Event::Counted),
        10 => (0_i64..3).prop_map(Event::Counted),
        1 => Just(Event::Reset),
        1 => Just(Event::NoCount),
        1 => stored.prop_map(Event::Stored),
    ]
}

#[derive(Debug, Default)]
struct Interface {
    values: Vec<Option<Value>>,
    counts: Vec<Option<i64>>,
}

impl Interface {
    fn column(&self) -> RateColumn<'_> {
        RateColumn {
            values: &self.values,
            counts: &self.counts,
        }
    }

    fn push(&mut self, event: &Event, elapsed: f64) {
        let before = self.counts.last().copied().flatten();
        let count = match event {
            Event::Counted(more) => Some(before.unwrap_or(5_000_000_000) + more),
            Event::Reset => Some(0),
            Event::NoCount => None,
            Event::Stored(_) => before,
        };
        // If the counter fell, an agent reports that nothing was counted.
        let counted = before
            .zip(count)
            .map(|(before, count)| count.saturating_sub(before).max(0));
        let rate = counted.map(|counted| Value::Float(counted as f64 / elapsed));
        self.counts.push(count);
        self.values.push(match event {
            Event::Stored(value) => *value,
            _ => rate,
        });
    }
}

type Step = (f64, [Event; 2]);

/// What an agent sends that reads its clock once per sample.
fn interfaces(steps: &[Step]) -> [Interface; 2] {
    let mut found = <[Interface; 2]>::default();
    let mut reading = 1_763_575_200.25;
    for (seconds, events) in steps {
        let before = reading;
        reading += seconds;
        for (interface, event) in found.iter_mut().zip(events) {
            interface.push(event, reading - before);
        }
    }
    found
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    proptest::collection::vec((29.9..30.1, [event(), event()]), 0..700)
}

fn times(entries: usize) -> Vec<i64> {
    (0..entries as i64).map(|at| at * 30_000).collect()
}

/// Reads a range of the second column as a store does.
fn part(
    (clock, chunk): (&[u8], &[u8]),
    counts: &[Option<i64>],
    range: std::ops::Range<usize>,
) -> Result<Vec<Option<Value>>, ChunkError> {
    let (mut ticks, mut dense) = (Dense::default(), Dense::default());
    Column::open(clock)?.ticks(range.clone(), &mut ticks)?;
    let first = range.start.saturating_sub(1);
    dense.set(counts[first..range.end].iter().copied());
    let counter = Counter {
        first,
        times: &times(counts.len())[first..range.end],
        counts: &dense,
        ticks: Some(&ticks),
    };
    let mut column = Column::open(chunk)?;
    let mut floats = Dense::default();
    column.rates(range.clone(), counter, &mut floats)?;
    let exact = column.rate_values(range, counter)?;
    for (at, value) in exact.iter().enumerate() {
        let bits = value.map(|value| value.as_f64().to_bits());
        assert_eq!(floats.get(at).map(f64::to_bits), bits);
    }
    Ok(exact)
}

proptest! {
    #[test]
    fn pairs_round_trip(steps in steps()) {
        let [one, other] = interfaces(&steps);
        let times = times(steps.len());
        let pair = encode_pair_in_sections(one.column(), other.column(), &times, 8).unwrap();
        for (chunk, rates) in [(&pair.0, &one), (&pair.1, &other)] {
            if let Some(chunk) = chunk {
                let clock = pair.0.as_deref();
                let decoded = decode_rates(chunk, &times, &rates.counts, clock).unwrap();
                prop_assert_eq!(&decoded, &rates.values);
            }
        }
    }

    #[test]
    fn shared_ticks_round_trip(steps in steps(), from in 0_usize..700, to in 0_usize..700) {
        let [one, other] = interfaces(&steps);
        let times = times(steps.len());
        let Some([clock, chunk]) = encode_shared(one.column(), other.column(), 8).unwrap() else {
            return Ok(());
        };
        let first = decode_rates(&clock, &times, &one.counts, None).unwrap();
        prop_assert_eq!(&first, &one.values);
        let second = decode_rates(&chunk, &times, &other.counts, Some(&clock)).unwrap();
        prop_assert_eq!(&second, &other.values);
        prop_assert_eq!(verify(&chunk), Ok(steps.len()));
        let end = to.min(steps.len());
        let range = from.min(end)..end;
        let found = part((&clock, &chunk), &other.counts, range.clone()).unwrap();
        prop_assert_eq!(&found[..], &other.values[range]);
    }
}

/// A day on which neither, one or both interfaces are idle at times.
fn day() -> Vec<Step> {
    let step = |at: u64| {
        let random = at.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
        let counted = |bits: u64| match random >> bits & 3 {
            0 => Event::Counted(0),
            _ => Event::Counted((random >> 10) as i64 % 1_000_000_007),
        };
        (
            30.0 + (random % 8191) as f64 / 1e6,
            [counted(0), counted(2)],
        )
    };
    (0..2880).map(step).collect()
}

#[test]
fn the_second_column_takes_hardly_any_bytes() {
    let [one, other] = interfaces(&day());
    let times = times(2880);
    let pair = encode_rate_pair(one.column(), other.column(), &times).unwrap();
    let (first, second) = (pair.0.unwrap(), pair.1.unwrap());
    let alone = encode_rates(&one.values, &times, &one.counts)
        .unwrap()
        .unwrap();
    assert!(second.len() < 20, "{} bytes", second.len());
    assert!(first.len() < alone.len() * 3 / 2, "{} bytes", first.len());
    assert!(Column::open(&second).unwrap().needs_clock());
    let decoded = decode_rates(&second, &times, &other.counts, Some(&first)).unwrap();
    assert_eq!(decoded, other.values);
}

#[test]
fn what_another_clock_timed_is_an_exception() {
    let [one, mut other] = interfaces(&day());
    for at in [7, 500] {
        other.values[at] = Some(Value::Float(at as f64 / 7.0));
    }
    let pair = encode_rate_pair(one.column(), other.column(), &times(2880)).unwrap();
    let (first, second) = (pair.0.unwrap(), pair.1.unwrap());
    assert!((20..60).contains(&second.len()), "{} bytes", second.len());
    let decoded = decode_rates(&second, &times(2880), &other.counts, Some(&first)).unwrap();
    assert_eq!(decoded, other.values);
}

#[test]
fn clocks_that_differ_are_not_shared() {
    let [one, _] = interfaces(&day());
    let mut steps = day();
    steps.iter_mut().for_each(|(seconds, _)| *seconds += 0.25);
    let [_, other] = interfaces(&steps);
    let times = times(2880);
    let pair = encode_rate_pair(one.column(), other.column(), &times).unwrap();
    let alone = |of: &Interface| encode_rates(&of.values, &times, &of.counts).unwrap();
    assert_eq!(pair, (alone(&one), alone(&other)));
}

#[test]
fn a_clock_must_be_given_and_fit() {
    let [one, other] = interfaces(&day());
    let [clock, chunk] = encode_shared(one.column(), other.column(), 13)
        .unwrap()
        .unwrap();
    let decode = |clock| decode_rates(&chunk, &times(2880), &other.counts, clock);
    let integers = encode_values(&[None; 2880]).unwrap();
    let [one, other] = interfaces(&day()[1..]);
    let [short, _] = encode_shared(one.column(), other.column(), 13)
        .unwrap()
        .unwrap();
    assert_eq!(decode(None), Err(ChunkError::NeedsClock));
    assert_eq!(decode(Some(&chunk)), Err(ChunkError::Kind));
    assert_eq!(decode(Some(&integers)), Err(ChunkError::Kind));
    assert_eq!(decode(Some(&short)), Err(ChunkError::Lengths));
    assert_eq!(decode(Some(&clock[..9])), Err(ChunkError::Checksum));

    let (mut counts, mut ticks) = (Dense::default(), Dense::default());
    counts.set([Some(1); 3].into_iter());
    ticks.set([Some(1); 3].into_iter());
    let mut counter = Counter {
        first: 4,
        times: &[1, 2, 3],
        counts: &counts,
        ticks: None,
    };
    let mut column = Column::open(&chunk).unwrap();
    assert_eq!(
        column.rate_values(5..7, counter),
        Err(ChunkError::NeedsClock)
    );
    counter.ticks = Some(&ticks);
    assert_eq!(column.rate_values(5..7, counter), Err(ChunkError::Lengths));
}
