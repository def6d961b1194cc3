//! `muster-swarm sizes`: the bytes per number in chunks, and the speed of encoding and decoding.
//!
//! The data is simulated in several shapes and from several seeds; the codec was not tuned to any of them.

mod chart;

use crate::history::simulation::{SHAPES, Shape, SimulatedColumns, simulate_columns};
use muster_history::Value;
use muster_history::{
    ChunkError, Column, Counter, Dense, EncodeError, RateColumn, Times, decode_rates, decode_times,
    decode_values, encode_rate_pair, encode_rates, encode_times, encode_values,
};
use std::time::{Duration, Instant};

const DAY: usize = 2_880;
const YEAR: usize = 12;
const MONTH: usize = DAY * 365 / YEAR;
const COMPUTERS: u64 = 100;

pub fn print_sizes() -> anyhow::Result<()> {
    println!("bytes per number, times included; millions of numbers per second\n");
    println!(
        "shape     seed   day: derived  clocked   stored   month: derived   times   encode  decode"
    );
    for shape in SHAPES {
        for seed in 1..=3 {
            print_row(shape, seed)?;
        }
    }
    println!("\nusual, day, bytes per value of each column");
    print_columns()?;
    println!("\na year of one series, decoded to floats and drawn; best of 15");
    print_year()
}

#[derive(Default)]
struct Total {
    numbers: usize,
    bytes: usize,
    times: usize,
    rates_stored: usize,
    rates_clocked: usize,
    encoding: Duration,
    decoding: Duration,
}

fn print_row(shape: Shape, seed: u64) -> anyhow::Result<()> {
    let day = measure_total(shape, seed, DAY, COMPUTERS)?;
    let month = measure_total(shape, seed, MONTH, 4)?;
    let per = |bytes: usize, total: &Total| bytes as f64 / total.numbers as f64;
    let speed = |duration: Duration| day.numbers as f64 / duration.as_secs_f64() / 1e6;
    println!(
        "{:<9} {seed:>4} {:>14.3} {:>8.3} {:>8.3} {:>16.3} {:>7.3} {:>8.1} {:>7.1}",
        format!("{shape:?}"),
        per(day.bytes, &day),
        per(day.rates_clocked, &day),
        per(day.rates_stored, &day),
        per(month.bytes, &month),
        per(day.times, &day),
        speed(day.encoding),
        speed(day.decoding),
    );
    Ok(())
}

fn measure_total(shape: Shape, seed: u64, samples: usize, computers: u64) -> anyhow::Result<Total> {
    let mut total = Total::default();
    for each in 0..computers {
        let period = simulate_columns(shape, seed * 1_000_003 + each, samples);
        let started = Instant::now();
        let chunks = EncodedColumns::encode(&period)?;
        total.encoding += started.elapsed();
        let started = Instant::now();
        chunks.check(&period)?;
        total.decoding += started.elapsed();
        let stored: Result<Vec<_>, _> = period
            .rates
            .iter()
            .map(|rate| encode_values(rate))
            .collect();
        let stored: usize = stored?.iter().map(Vec::len).sum();
        total.numbers += shape.series() * samples;
        total.times += chunks.times.len();
        total.bytes += chunks.bytes() + chunks.rates.iter().map(Vec::len).sum::<usize>();
        total.rates_stored += chunks.bytes() + stored;
        total.rates_clocked += chunks.bytes() + clocked_bytes(&period)?;
    }
    Ok(total)
}

/// The bytes of rates that an agent timed by its own clock.
fn clocked_bytes(period: &SimulatedColumns) -> anyhow::Result<usize> {
    let column = |which: usize| RateColumn {
        values: &period.clocked[which],
        counts: &period.counters[which],
    };
    let pair = encode_rate_pair(column(0), column(1), &period.times)?;
    let (clock, mut bytes) = (pair.0.as_deref(), 0);
    for (chunk, which) in [&pair.0, &pair.1].into_iter().zip(0..) {
        let RateColumn { values, counts } = column(which);
        bytes += match chunk {
            Some(chunk) => {
                assert_eq!(decode_rates(chunk, &period.times, counts, clock)?, values);
                chunk.len()
            }
            None => encode_values(values)?.len(),
        };
    }
    Ok(bytes)
}

struct EncodedColumns {
    times: Vec<u8>,
    columns: Vec<Vec<u8>>,
    counters: Vec<Vec<u8>>,
    rates: Vec<Vec<u8>>,
}

impl EncodedColumns {
    fn encode(period: &SimulatedColumns) -> Result<Self, EncodeError> {
        let counters = period
            .counters
            .iter()
            .map(|counts| encode_values(&to_values(counts)));
        let pairs = period.rates.iter().zip(&period.counters);
        let rates = pairs.map(|(rates, counts)| {
            let derived = encode_rates(rates, &period.times, counts)?;
            derived.map_or_else(|| encode_values(rates), Ok)
        });
        Ok(Self {
            times: encode_times(&period.times)?,
            columns: period
                .columns
                .iter()
                .map(|values| encode_values(values))
                .collect::<Result<_, _>>()?,
            counters: counters.collect::<Result<_, _>>()?,
            rates: rates.collect::<Result<_, _>>()?,
        })
    }

    fn bytes(&self) -> usize {
        let columns = self.columns.iter().chain(&self.counters);
        self.times.len() + columns.map(Vec::len).sum::<usize>()
    }

    /// Checks that decoding gives the original values.
    fn check(&self, period: &SimulatedColumns) -> Result<(), ChunkError> {
        assert_eq!(decode_times(&self.times)?, period.times);
        for (bytes, values) in self.columns.iter().zip(&period.columns) {
            assert_eq!(&decode_values(bytes)?, values);
        }
        for which in 0..2 {
            let counts = &period.counters[which];
            assert_eq!(decode_values(&self.counters[which])?, to_values(counts));
            let bytes = &self.rates[which];
            let rates = match Column::open(bytes)?.needs_counter() {
                true => decode_rates(bytes, &period.times, counts, None)?,
                false => decode_values(bytes)?,
            };
            assert_eq!(rates, period.rates[which]);
        }
        Ok(())
    }
}

fn to_values(counts: &[Option<i64>]) -> Vec<Option<Value>> {
    counts
        .iter()
        .map(|count| count.map(Value::Integer))
        .collect()
}

const NAMES: [&str; 7] = [
    "cpu %",
    "memory total",
    "memory used",
    "memory %",
    "disk total",
    "disk used",
    "disk %",
];

fn print_columns() -> anyhow::Result<()> {
    let computers = (0..COMPUTERS).map(|each| simulate_columns(Shape::Usual, 7_000 + each, DAY));
    let chunks: Result<Vec<_>, _> = computers
        .map(|period| EncodedColumns::encode(&period))
        .collect();
    let chunks = chunks?;
    let print = |name: &str, bytes: usize| {
        println!(
            "{name:<14} {:.3}",
            bytes as f64 / (COMPUTERS as usize * DAY) as f64
        );
    };
    for (which, name) in NAMES.iter().enumerate() {
        print(
            name,
            chunks.iter().map(|chunk| chunk.columns[which].len()).sum(),
        );
    }
    print(
        "counter",
        chunks.iter().map(|chunk| chunk.counters[0].len()).sum(),
    );
    print(
        "rate",
        chunks.iter().map(|chunk| chunk.rates[0].len()).sum(),
    );
    print("times", chunks.iter().map(|chunk| chunk.times.len()).sum());
    Ok(())
}

fn print_year() -> anyhow::Result<()> {
    for shape in [Shape::Usual, Shape::Noisy, Shape::Resets] {
        let periods: Vec<_> = (0..YEAR).map(|month| month_of(shape, month)).collect();
        let months = periods.iter().map(EncodedColumns::encode);
        let months: Vec<EncodedColumns> = months.collect::<Result<_, _>>()?;
        println!("{shape:?}");
        let (mut times, mut floats, mut counts) = (Vec::new(), Dense::default(), Dense::default());
        print_best_time("times", &months, |month| {
            let mut chunk = Times::open(&month.times)?;
            chunk.decode(0..chunk.len(), &mut times)
        })?;
        for (name, which) in [("cpu %", 0), ("memory total", 1), ("memory used", 2)] {
            print_best_time(name, &months, |month| {
                let mut column = Column::open(&month.columns[which])?;
                column.floats(0..column.len(), &mut floats)
            })?;
        }
        print_best_time("counter", &months, |month| {
            let mut column = Column::open(&month.counters[0])?;
            column.floats(0..column.len(), &mut floats)
        })?;
        print_best_time("rate with its counter and times", &months, |month| {
            let mut chunk = Times::open(&month.times)?;
            chunk.decode(0..chunk.len(), &mut times)?;
            let mut column = Column::open(&month.counters[0])?;
            column.integers(0..column.len(), &mut counts)?;
            let counter = Counter {
                first: 0,
                times: &times,
                counts: &counts,
                ticks: None,
            };
            let mut column = Column::open(&month.rates[0])?;
            column.rates(0..column.len(), counter, &mut floats)
        })?;
        print_best_time("three hours of each month", &months, |month| {
            let mut column = Column::open(&month.columns[0])?;
            column.floats(50_000..50_360, &mut floats)
        })?;
        chart::print_chart_times(&periods, &months)?;
    }
    Ok(())
}

/// Each month begins where the one before it ends.
fn month_of(shape: Shape, month: usize) -> SimulatedColumns {
    let mut period = simulate_columns(shape, month as u64, MONTH);
    let later_ms = (month * MONTH * 30_000) as i64;
    period.times.iter_mut().for_each(|time| *time += later_ms);
    period
}

fn print_best_time(
    name: &str,
    months: &[EncodedColumns],
    mut read: impl FnMut(&EncodedColumns) -> Result<(), ChunkError>,
) -> Result<(), ChunkError> {
    let mut least = Duration::MAX;
    for _ in 0..15 {
        let started = Instant::now();
        for month in months {
            read(month)?;
        }
        least = least.min(started.elapsed());
    }
    println!("  {name:<32} {:>7.3} ms", least.as_secs_f64() * 1000.0);
    Ok(())
}
