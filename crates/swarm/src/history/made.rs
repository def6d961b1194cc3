//! Which history is made up, and the columns that come of it: the same for every program that keeps it.

use super::fleet::{self, Period, SHAPES, START_MS, Shape};
use anyhow::Context as _;
use clap::{Args, ValueEnum};
use muster_history::Value;
use muster_store::Sample;
use std::fmt::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};

pub const DAY_SAMPLES: usize = 2_880;
const DAY_MS: i64 = 86_400_000;
const INTERVAL_MS: i64 = 30_000;

/// Which history.
#[derive(Args)]
pub struct MadeArgs {
    /// How the computers behave: usual, idle, noisy, constant, resets or sixty
    #[arg(long, default_value = "usual", value_parser = shape)]
    pub shape: Shape,
    /// Another number gives other values
    #[arg(long, default_value = "1")]
    pub seed: u64,
    /// How many computers
    #[arg(long, default_value = "100", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub computers: u32,
    /// How many days, with a sample each 30 s
    #[arg(long, default_value = "1", value_parser = clap::value_parser!(u16).range(1..=3_660))]
    pub days: u16,
    /// Where the network's rates come from
    #[arg(long, value_enum, default_value = "derived")]
    pub rates: Rates,
    /// The midnight (UTC) at which the last day ends, in Unix seconds; by default the last but one
    #[arg(long)]
    pub until: Option<i64>,
    /// Date each sample by the schedule, to the millisecond, and not by its arrival
    #[arg(long)]
    pub even: bool,
}

/// Where rates come from.
#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
pub enum Rates {
    /// From the counters and the moments of arrival
    Derived,
    /// From the agent, which timed them by its own clock
    Clocked,
}

/// The history of some computers.
pub struct Made {
    /// The series: those of [`Sample::COLUMNS`], and further readings.
    pub names: Vec<String>,
    pub computers: Vec<Computer>,
}

/// The history of one.
pub struct Computer {
    pub times: Vec<i64>,
    /// For each series a value, or none, at each moment.
    pub columns: Vec<Vec<Option<Value>>>,
}

impl MadeArgs {
    pub fn make(&self) -> anyhow::Result<Made> {
        let until_ms = self
            .until
            .map_or_else(last_but_one_midnight_ms, |until_s| {
                until_s.checked_mul(1000).context("no such midnight")
            })?;
        let shift_ms = until_ms - i64::from(self.days) * DAY_MS - START_MS;
        let samples = usize::from(self.days) * DAY_SAMPLES;
        let make = |each| {
            let seed = self.seed * 1_000_003 + u64::from(each);
            let period = fleet::computer(self.shape, seed, samples);
            let computer = Computer::of(period, self.rates, shift_ms);
            if self.even { computer.even() } else { computer }
        };
        let further = (Sample::COLUMNS.len()..self.shape.series()).map(|n| format!("reading:{n}"));
        Ok(Made {
            names: Sample::COLUMNS
                .map(str::to_owned)
                .into_iter()
                .chain(further)
                .collect(),
            computers: (0..self.computers).map(make).collect(),
        })
    }
}

impl Made {
    pub fn samples(&self) -> usize {
        self.computers
            .iter()
            .map(|computer| computer.times.len())
            .sum()
    }

    /// How many numbers there are: a moment is none, and neither is a value that is missing.
    pub fn numbers(&self) -> usize {
        let columns = self.computers.iter().flat_map(|computer| &computer.columns);
        columns.map(|column| column.iter().flatten().count()).sum()
    }
}

impl Computer {
    /// In the order of [`Sample::COLUMNS`].
    fn of(period: Period, rates: Rates, shift_ms: i64) -> Self {
        let further = period.columns.len().min(7);
        let mut columns = period.columns;
        let further = columns.split_off(further);
        for counter in period.counters {
            columns.push(
                counter
                    .iter()
                    .map(|count| count.map(Value::Integer))
                    .collect(),
            );
        }
        columns.extend(match rates {
            Rates::Derived => period.rates,
            Rates::Clocked => period.clocked,
        });
        columns.extend(further);
        Self {
            times: period.times.iter().map(|time| time + shift_ms).collect(),
            columns,
        }
    }

    /// At the moments of a server that dates a sample by its schedule.
    fn even(mut self) -> Self {
        let first_ms = self.times.first().copied().unwrap_or_default();
        for (time_ms, at) in self.times.iter_mut().zip(0..) {
            *time_ms = first_ms + at * INTERVAL_MS;
        }
        self
    }

    pub fn sample(&self, computer_id: i64, at: usize, names: &[String]) -> Sample {
        let integer = |series: usize| match self.columns[series][at] {
            Some(Value::Integer(integer)) => Some(integer),
            _ => None,
        };
        let float = |series: usize| self.columns[series][at].map(Value::as_f64);
        Sample {
            computer_id,
            timestamp_ms: self.times[at],
            cpu_percent: float(0),
            memory_total: integer(1),
            memory_used: integer(2),
            memory_percent: float(3),
            disk_total: integer(4),
            disk_used: integer(5),
            disk_percent: float(6),
            network_bytes_sent: integer(7),
            network_bytes_recv: integer(8),
            network_sent_per_sec: float(9),
            network_recv_per_sec: float(10),
            extra: self.extra(at, names),
        }
    }

    fn extra(&self, at: usize, names: &[String]) -> Option<String> {
        let further = names.iter().zip(&self.columns).skip(Sample::COLUMNS.len());
        let mut json = String::new();
        for (name, column) in further {
            if let Some(value) = column[at] {
                json.push(if json.is_empty() { '{' } else { ',' });
                let _ = write!(json, "\"{name}\":{}", shown(value));
            }
        }
        (!json.is_empty()).then(|| json + "}")
    }
}

/// A number as text that gives it back: a float stays one even where it is whole.
pub fn shown(value: Value) -> String {
    match value {
        Value::Integer(integer) => integer.to_string(),
        Value::Float(float) => format!("{float:?}"),
    }
}

fn shape(word: &str) -> Result<Shape, String> {
    let mut shapes = SHAPES.into_iter();
    let found = shapes.find(|shape| format!("{shape:?}").to_lowercase() == word);
    found.ok_or_else(|| "usual, idle, noisy, constant, resets or sixty".to_owned())
}

/// All of the history is due for sealing then, even where the clock is some hours off.
fn last_but_one_midnight_ms() -> anyhow::Result<i64> {
    let now_ms = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis();
    let now_ms = i64::try_from(now_ms)?;
    Ok(now_ms - now_ms % DAY_MS - DAY_MS)
}

/// Two computers, two samples each, one further reading.
#[cfg(test)]
pub fn few() -> Made {
    let mut columns = vec![vec![Some(Value::Integer(4096)); 2]; 12];
    columns[0] = vec![Some(Value::Float(1.5)), Some(Value::Float(2.0))];
    columns[1] = vec![Some(Value::Integer(1 << 30)); 2];
    for rate in [9, 10] {
        columns[rate] = vec![None, Some(Value::Float(2.5))];
    }
    let computer = || Computer {
        times: vec![START_MS + 7, START_MS + 30_120],
        columns: columns.clone(),
    };
    let names = Sample::COLUMNS.map(str::to_owned).into_iter();
    Made {
        names: names.chain(["reading:11".to_owned()]).collect(),
        computers: vec![computer(), computer()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_lies_between_two_midnights_and_counts_what_is_there() {
        let args = MadeArgs {
            shape: Shape::Sixty,
            seed: 3,
            computers: 2,
            days: 2,
            rates: Rates::Clocked,
            until: Some(1_790_035_200),
            even: true,
        };
        let made = args.make().unwrap();
        assert_eq!((made.names.len(), made.samples()), (60, 4 * DAY_SAMPLES));
        assert!(made.numbers() < 60 * made.samples());
        for computer in &made.computers {
            let first = computer.times.first().unwrap() - (1_790_035_200_000 - 2 * DAY_MS);
            assert!((0..30_400).contains(&first), "{first}");
            let mut steps = computer.times.windows(2).map(|two| two[1] - two[0]);
            assert!(steps.all(|step_ms| step_ms == INTERVAL_MS));
        }
    }

    #[test]
    fn further_readings_stay_what_they_are_in_json() {
        let sample = few().computers[0].sample(7, 1, &few().names);
        assert_eq!(sample.extra.as_deref(), Some(r#"{"reading:11":4096}"#));
        assert_eq!(
            (sample.computer_id, sample.network_recv_per_sec),
            (7, Some(2.5))
        );
        assert_eq!(shown(Value::Float(3.0)), "3.0");
    }
}
