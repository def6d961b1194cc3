//! Simulates the samples of a computer over some days.

use super::random::{Random, Walk};
use muster_history::{Value, rate};

/// How the computers of a fleet behave.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shape {
    /// Bounded random walks with bursts.
    Usual,
    /// Values change little and rarely.
    Idle,
    /// Values change a lot with each sample.
    Noisy,
    /// Nothing changes, not even a counter.
    Constant,
    /// Counters that wrap or restart at 0, and samples without values.
    Resets,
    /// 49 further series: loads, temperatures, cores, disks.
    Sixty,
}

pub const SHAPES: [Shape; 6] = [
    Shape::Usual,
    Shape::Idle,
    Shape::Noisy,
    Shape::Constant,
    Shape::Resets,
    Shape::Sixty,
];

/// Start of the simulated time; the first sample follows within one interval.
pub const START_MS: i64 = 1_790_000_000_000;

/// One computer's columns over one period.
pub struct SimulatedColumns {
    pub times: Vec<i64>,
    pub columns: Vec<Vec<Option<Value>>>,
    pub counters: [Vec<Option<i64>>; 2],
    /// The rates of the counters.
    pub rates: [Vec<Option<Value>>; 2],
    /// The rates as an old agent computes them, by its own clock.
    pub clocked: [Vec<Option<Value>>; 2],
}

impl Shape {
    /// How far values move, and how often they burst.
    fn moves(self) -> (f64, f64) {
        match self {
            Self::Usual | Self::Resets | Self::Sixty => (1.0, 0.004),
            Self::Idle => (0.05, 0.0005),
            Self::Noisy => (12.0, 0.05),
            Self::Constant => (0.0, 0.0),
        }
    }

    pub fn series(self) -> usize {
        if self == Self::Sixty { 60 } else { 11 }
    }
}

pub fn simulate_columns(shape: Shape, seed: u64, samples: usize) -> SimulatedColumns {
    let mut random = Random(seed);
    let times = times(&mut random, samples);
    let counters = [0; 2].map(|_| counter(shape, &mut random, samples));
    let rates = [0, 1].map(|which: usize| rates(&times, &counters[which]));
    let clock = clock(&mut random, &times);
    let clocked = [0, 1].map(|which: usize| clocked(&clock, &counters[which]));
    let mut columns = gauges(shape, &mut random, samples);
    for _ in 11..shape.series() {
        columns.push(further(shape, &mut random, samples));
    }
    SimulatedColumns {
        times,
        columns,
        counters,
        rates,
        clocked,
    }
}

/// Every 30 seconds, plus some milliseconds of network delay; a few answers are late.
fn times(random: &mut Random, samples: usize) -> Vec<i64> {
    let start = START_MS + (random.unit() * 30_000.0) as i64;
    let late = |random: &mut Random| {
        if random.chance(0.01) {
            random.unit() * 300.0
        } else {
            0.0
        }
    };
    (0..samples as i64)
        .map(|at| start + at * 30_000 + (5.0 + 4.0 * random.about_zero() + late(random)) as i64)
        .collect()
}

fn counter(shape: Shape, random: &mut Random, samples: usize) -> Vec<Option<i64>> {
    let (moves, bursts) = shape.moves();
    let mut speed = Walk::new(random, 300.0, 40_000.0, 400.0 * moves);
    let mut count = (random.unit() * 1e11) as i64;
    let resets = shape == Shape::Resets;
    let next = |_| {
        let bytes = speed.next(random, bursts) * (30.0 + 6.0 * random.about_zero());
        count += if shape == Shape::Constant {
            0
        } else {
            bytes as i64
        };
        if resets {
            count = if random.chance(0.001) {
                0
            } else {
                count % (1 << 24)
            };
        }
        (!(resets && random.chance(0.002))).then_some(count)
    };
    (0..samples).map(next).collect()
}

fn rates(times: &[i64], counts: &[Option<i64>]) -> Vec<Option<Value>> {
    let follows = |at: usize| {
        let before = at.checked_sub(1)?;
        rate(times[before], counts[before]?, times[at], counts[at]?)
    };
    (0..times.len())
        .map(|at| follows(at).map(Value::Float))
        .collect()
}

/// The agent's clock when it answered, in seconds: up to 4 ms before each arrival.
fn clock(random: &mut Random, times: &[i64]) -> Vec<f64> {
    let ahead = random.unit();
    let mut reading = |time: &i64| *time as f64 / 1000.0 + ahead - 0.004 * random.unit();
    times.iter().map(&mut reading).collect()
}

fn clocked(clock: &[f64], counts: &[Option<i64>]) -> Vec<Option<Value>> {
    let follows = |at: usize| {
        let before = at.checked_sub(1)?;
        let counted = (counts[at]? - counts[before]?).max(0);
        Some(Value::Float(counted as f64 / (clock[at] - clock[before])))
    };
    (0..clock.len()).map(follows).collect()
}

/// CPU; memory and disk as total, used and percent.
fn gauges(shape: Shape, random: &mut Random, samples: usize) -> Vec<Vec<Option<Value>>> {
    let (moves, bursts) = shape.moves();
    let mut columns = vec![vec![]; 7];
    let memory_total = [8, 16, 32, 64][random.next() as usize % 4] * (1_i64 << 30) - 300 * 4096;
    let disk_total = [100, 250, 500][random.next() as usize % 3] * 1_000_000 * 4096_i64 / 4;
    let mut cpu = Walk::new(random, 0.0, 100.0, moves);
    let mut memory = Walk::new(random, 0.1, 0.9, 0.0002 * moves);
    let mut disk = Walk::new(random, 0.2, 0.9, 0.000_000_3 * moves);
    for _ in 0..samples {
        let cpu = round1(cpu.next(random, bursts));
        let memory_used = pages(memory.next(random, bursts / 4.0), memory_total);
        let disk_used = pages(disk.next(random, 0.0), disk_total);
        let sample = [
            Value::Float(cpu),
            Value::Integer(memory_total),
            Value::Integer(memory_used),
            Value::Float(round1(memory_used as f64 / memory_total as f64 * 100.0)),
            Value::Integer(disk_total),
            Value::Integer(disk_used),
            Value::Float(round1(
                disk_used as f64 / (disk_total as f64 * 0.95) * 100.0,
            )),
        ];
        columns
            .iter_mut()
            .zip(sample)
            .for_each(|(column, value)| column.push(Some(value)));
    }
    columns
}

/// A further series, such as a load, a temperature or a disk: hundredths, or whole pages.
fn further(shape: Shape, random: &mut Random, samples: usize) -> Vec<Option<Value>> {
    let (moves, bursts) = shape.moves();
    let whole = random.chance(0.4);
    let step = moves * random.unit() * 0.3;
    let mut walk = Walk::new(random, 0.0, 100.0, step);
    let begins = if random.chance(0.2) {
        (random.unit() * samples as f64) as usize
    } else {
        0
    };
    let value = |at| {
        let value = walk.next(random, bursts / 2.0);
        let value = if whole {
            Value::Integer((value * 1000.0) as i64 * 4096)
        } else {
            Value::Float((value * 100.0).round() / 100.0)
        };
        (at >= begins).then_some(value)
    };
    (0..samples).map(value).collect()
}

fn pages(share: f64, total: i64) -> i64 {
    (share * total as f64) as i64 / 4096 * 4096
}

fn round1(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
