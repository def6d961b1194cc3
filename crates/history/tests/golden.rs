//! Chunks of every version stay readable: fixtures, written once, must decode for ever.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read its fixture has failed"
)]

mod support;

use muster_history::{
    Column, Dense, RateColumn, Value, decode_rates, decode_times, decode_values, encode_rate_pair,
    encode_rates, encode_times, encode_values, rate,
};
use support::{Golden, chunks, fixtures};

/// Decodes a chunk; `golden` provides what rates follow from.
fn decoded(bytes: &[u8], golden: &Golden) -> Golden {
    let mut found = golden.clone();
    match &golden.values {
        None => found.times = Some(decode_times(bytes).unwrap()),
        Some(_) if Column::open(bytes).unwrap().needs_counter() => {
            let times = golden.times.as_ref().unwrap();
            let clock = golden.clock.as_deref().map(chunk);
            let counts = golden.integers();
            found.values = Some(decode_rates(bytes, times, &counts, clock.as_deref()).unwrap());
        }
        Some(_) => found.values = Some(decode_values(bytes).unwrap()),
    }
    found
}

fn encoded(golden: &Golden) -> Vec<u8> {
    match (&golden.values, &golden.times) {
        (None, times) => encode_times(times.as_ref().unwrap()).unwrap(),
        (Some(values), None) => encode_values(values).unwrap(),
        (Some(_), Some(_)) if golden.clock.is_some() => encoded_pair(golden).1,
        (Some(values), Some(times)) => encode_rates(values, times, &golden.integers())
            .unwrap()
            .unwrap(),
    }
}

fn chunk(name: &str) -> Vec<u8> {
    std::fs::read(fixtures().join(name).with_extension("chunk")).unwrap()
}

/// The chunk with the clock of these rates, and their own.
fn encoded_pair(golden: &Golden) -> (Vec<u8>, Vec<u8>) {
    let first = Golden::load(golden.clock.as_ref().unwrap());
    let counts = [&first, golden].map(Golden::integers);
    let column = |which: usize| RateColumn {
        values: [&first, golden][which].values.as_ref().unwrap(),
        counts: &counts[which],
    };
    let times = golden.times.as_ref().unwrap();
    let (clock, chunk) = encode_rate_pair(column(0), column(1), times).unwrap();
    (clock.unwrap(), chunk.unwrap())
}

#[test]
fn golden_rates_share_the_clock_that_their_text_names() {
    let golden = Golden::load("rates-shared-clock");
    let mut clocks = [vec![], vec![]];
    let (one, other) = (chunk("rates-clocked"), encoded_pair(&golden).0);
    for (bytes, ticks) in [one, other].iter().zip(&mut clocks) {
        let mut dense = Dense::default();
        Column::open(bytes)
            .unwrap()
            .ticks(0..300, &mut dense)
            .unwrap();
        ticks.extend((0..300).map(|entry| dense.get(entry)));
    }
    assert_eq!(clocks[0], clocks[1]);
}

#[test]
fn golden_chunks_hold_what_their_texts_say() {
    let chunks = chunks();
    assert_eq!(chunks.len(), cases().len());
    for (name, bytes) in chunks {
        let golden = Golden::load(&name);
        assert_eq!(decoded(&bytes, &golden), golden, "{name}");
        assert_eq!(decoded(&encoded(&golden), &golden), golden, "{name}");
    }
}

#[test]
fn the_texts_are_what_the_cases_make() {
    for (name, golden) in cases() {
        assert_eq!(Golden::load(name), golden, "{name}");
    }
}

#[test]
#[ignore = "writes the fixtures that are missing: those that are there stay as they are"]
fn write() {
    std::fs::create_dir_all(fixtures()).unwrap();
    let missing = |name: &str| !fixtures().join(name).with_extension("chunk").exists();
    for (name, golden) in cases().into_iter().filter(|(name, _)| missing(name)) {
        let path = fixtures().join(name);
        std::fs::write(path.with_extension("chunk"), encoded(&golden)).unwrap();
        let text = serde_json::to_string(&golden.to_json()).unwrap() + "\n";
        std::fs::write(path.with_extension("json"), text).unwrap();
    }
}

fn column(values: impl IntoIterator<Item = Option<Value>>) -> Golden {
    Golden {
        values: Some(values.into_iter().collect()),
        ..Golden::default()
    }
}

fn integer(integer: i64) -> Option<Value> {
    Some(Value::Integer(integer))
}

fn float(float: f64) -> Option<Value> {
    Some(Value::Float(float))
}

/// An irregular walk, the same each time.
fn walk(at: i64) -> i64 {
    (at * at * 7919) % 1009 - 300
}

fn cases() -> Vec<(&'static str, Golden)> {
    let odd = [
        0.0,
        -0.0,
        5e-324,
        1e300,
        f64::INFINITY,
        f64::from_bits(0xfff8_0000_dead_beef),
    ];
    let thirds = |at: i64| walk(at) as f64 / 3.0;
    let tenths = |at: i64| walk(at) as f64 / 10.0;
    let whole = |at: i64| {
        if walk(at) % 10 == 0 {
            integer(walk(at) / 10)
        } else {
            float(tenths(at))
        }
    };
    let long = (0..8_300).map(|at| (at > 8_000 && at < 8_250).then_some(Value::Integer(at / 9)));
    vec![
        ("times", moments(300)),
        ("times-long", moments(8_300)),
        ("times-none", moments(0)),
        (
            "integers",
            column(
                (0..300)
                    .map(|at| integer(walk(at) * 4096))
                    .chain([integer(i64::MIN)]),
            ),
        ),
        ("integers-none", column(vec![None; 300])),
        ("integers-long", column(long)),
        (
            "integers-every-other",
            column((0..300).map(|at| integer(at).filter(|_| at % 2 == 1))),
        ),
        (
            "floats",
            column((0..300).map(|at| float(thirds(at))).chain(odd.map(float))),
        ),
        (
            "decimals",
            column((0..300).map(|at| float(tenths(at)).filter(|_| at > 20))),
        ),
        (
            "whole-floats",
            column([
                integer(2),
                float(1.0 / 3.0),
                None,
                integer(1 << 53),
                float(-0.0),
            ]),
        ),
        ("whole-decimals", column((0..300).map(whole))),
        (
            "mixed",
            column([integer(i64::MAX), float(2.0), None, integer(2), float(0.5)]),
        ),
        ("rates", rates(false)),
        ("rates-clocked", rates(true)),
        ("rates-shared-clock", shared_clock()),
    ]
}

fn moment(at: i64) -> i64 {
    1_790_000_000_000 + at * 30_000 + walk(at) % 5 + if at > 200 { 120_000 } else { 0 }
}

fn moments(count: i64) -> Golden {
    Golden {
        times: Some((0..count).map(moment).collect()),
        ..Golden::default()
    }
}

/// Time at which an agent read its clock, in seconds.
fn reading(at: usize) -> f64 {
    let at = at as i64;
    moment(at) as f64 / 1000.0 + walk(at) as f64 / 7000.0
}

fn rates(clocked: bool) -> Golden {
    let times = moments(300).times.unwrap();
    let count = |at: i64| (at != 40).then_some(at % 150 * 70_000 + walk(at));
    let counts: Vec<Option<i64>> = (0..300).map(count).collect();
    let follows = |at: usize| {
        let before = at.checked_sub(1)?;
        let elapsed = reading(at) - reading(before);
        let (was, is) = (counts[before]?, counts[at]?);
        let of_clock = (is >= was).then(|| (is - was) as f64 / elapsed);
        if clocked {
            of_clock
        } else {
            rate(times[before], was, times[at], is)
        }
    };
    let mut values: Vec<_> = (0..300).map(|at| follows(at).map(Value::Float)).collect();
    values[0] = float(17.5);
    values[77] = None;
    let counts = Some(
        counts
            .into_iter()
            .map(|count| count.map(Value::Integer))
            .collect(),
    );
    Golden {
        times: Some(times),
        values: Some(values),
        counts,
        clock: None,
    }
}

/// Rates timed by the clock of the previous case, of an interface that counts every third time, with three
/// exceptions.
fn shared_clock() -> Golden {
    let count = |at: i64| (at != 40).then_some(at % 150 / 3 * 90_001);
    let counts: Vec<Option<i64>> = (0..300).map(count).collect();
    let follows = |at: usize| {
        let before = at.checked_sub(1)?;
        let counted = counts[at]? - counts[before]?;
        (counted >= 0).then(|| counted as f64 / (reading(at) - reading(before)))
    };
    let mut values: Vec<_> = (0..300).map(|at| follows(at).map(Value::Float)).collect();
    values[100] = None;
    values[200] = integer(7);
    let counts = counts.into_iter().map(|count| count.map(Value::Integer));
    Golden {
        values: Some(values),
        counts: Some(counts.collect()),
        clock: Some("rates-clocked".to_owned()),
        ..moments(300)
    }
}
