//! Generates the history that every program stores: the arguments, and the columns.

use super::simulation::{SHAPES, START_MS, Shape, SimulatedColumns, simulate_columns};
use anyhow::Context as _;
use clap::{Args, ValueEnum};
use muster_history::Value;
use muster_store::Sample;
use std::fmt::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};

pub const DAY_SAMPLES: usize = 2_880;
const DAY_MS: i64 = 86_400_000;
const INTERVAL_MS: i64 = 30_000;

/// The history to generate.
#[derive(Args)]
pub struct GeneratorArgs {
    /// Behaviour of the computers: usual, idle, noisy, constant, resets or sixty
    #[arg(long, default_value = "usual", value_parser = shape)]
    pub shape: Shape,
    /// Seed of the random values
    #[arg(long, default_value = "1")]
    pub seed: u64,
    /// Number of computers
    #[arg(long, default_value = "100", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub computers: u32,
    /// Number of days, with a sample every 30 s
    #[arg(long, default_value = "1", value_parser = clap::value_parser!(u16).range(1..=3_660))]
    pub days: u16,
    /// Source of the network rates
    #[arg(long, value_enum, default_value = "derived")]
    pub rates: Rates,
    /// Midnight (UTC) at which the last day ends, in Unix seconds [default: the midnight before the last]
    #[arg(long)]
    pub until: Option<i64>,
    /// Date each sample by the schedule instead of by its arrival
    #[arg(long)]
    pub even: bool,
}

/// The source of rates.
#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
pub enum Rates {
    /// Computed from the counters and the times of arrival
    Derived,
    /// Computed by the agent, by its own clock
    Clocked,
}

/// The history of some computers.
pub struct GeneratedHistory {
    /// The names of the series: [`Sample::COLUMNS`], then further series.
    pub names: Vec<String>,
    pub computers: Vec<ComputerHistory>,
}

/// The history of one computer.
pub struct ComputerHistory {
    pub times: Vec<i64>,
    /// For each series a value, or none, at each time.
    pub columns: Vec<Vec<Option<Value>>>,
}

impl GeneratorArgs {
    pub fn generate(&self) -> anyhow::Result<GeneratedHistory> {
        let until_ms = self
            .until
            .map_or_else(last_but_one_midnight_ms, |until_s| {
                until_s
                    .checked_mul(1000)
                    .context("the time is out of range")
            })?;
        let shift_ms = until_ms - i64::from(self.days) * DAY_MS - START_MS;
        let samples = usize::from(self.days) * DAY_SAMPLES;
        let make = |each| {
            let seed = self.seed * 1_000_003 + u64::from(each);
            let period = simulate_columns(self.shape, seed, samples);
            let computer = ComputerHistory::from_columns(period, self.rates, shift_ms);
            if self.even {
                computer.on_even_grid()
            } else {
                computer
            }
        };
        let further = (Sample::COLUMNS.len()..self.shape.series()).map(|n| format!("reading:{n}"));
        Ok(GeneratedHistory {
            names: Sample::COLUMNS
                .map(str::to_owned)
                .into_iter()
                .chain(further)
                .collect(),
            computers: (0..self.computers).map(make).collect(),
        })
    }
}

impl GeneratedHistory {
    pub fn count_samples(&self) -> usize {
        self.computers
            .iter()
            .map(|computer| computer.times.len())
            .sum()
    }

    /// The number of values; timestamps and missing values do not count.
    pub fn count_numbers(&self) -> usize {
        let columns = self.computers.iter().flat_map(|computer| &computer.columns);
        columns.map(|column| column.iter().flatten().count()).sum()
    }
}

impl ComputerHistory {
    /// In the order of [`Sample::COLUMNS`].
    fn from_columns(period: SimulatedColumns, rates: Rates, shift_ms: i64) -> Self {
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

    /// Moves all times to an even grid, as on a server that dates samples by its schedule.
    fn on_even_grid(mut self) -> Self {
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
                let _ = write!(json, "\"{name}\":{}", format_value(value));
            }
        }
        (!json.is_empty()).then(|| json + "}")
    }
}

/// A number as text without loss; a whole float keeps its decimal point.
pub fn format_value(value: Value) -> String {
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

/// By then all of the history is due for sealing, even if the clock is some hours off.
fn last_but_one_midnight_ms() -> anyhow::Result<i64> {
    let now_ms = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis();
    let now_ms = i64::try_from(now_ms)?;
    Ok(now_ms - now_ms % DAY_MS - DAY_MS)
}

/// Two computers with two samples each and one further series.
#[cfg(test)]
pub fn small_history() -> GeneratedHistory {
    let mut columns = vec![vec![Some(Value::Integer(4096)); 2]; 12];
    columns[0] = vec![Some(Value::Float(1.5)), Some(Value::Float(2.0))];
    columns[1] = vec![Some(Value::Integer(1 << 30)); 2];
    for rate in [9, 10] {
        columns[rate] = vec![None, Some(Value::Float(2.5))];
    }
    let computer = || ComputerHistory {
        times: vec![START_MS + 7, START_MS + 30_120],
        columns: columns.clone(),
    };
    let names = Sample::COLUMNS.map(str::to_owned).into_iter();
    GeneratedHistory {
        names: names.chain(["reading:11".to_owned()]).collect(),
        computers: vec![computer(), computer()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_end_at_midnight_and_only_values_count() {
        let args = GeneratorArgs {
            shape: Shape::Sixty,
            seed: 3,
            computers: 2,
            days: 2,
            rates: Rates::Clocked,
            until: Some(1_790_035_200),
            even: true,
        };
        let history = args.generate().unwrap();
        assert_eq!(
            (history.names.len(), history.count_samples()),
            (60, 4 * DAY_SAMPLES)
        );
        assert!(history.count_numbers() < 60 * history.count_samples());
        for computer in &history.computers {
            let first = computer.times.first().unwrap() - (1_790_035_200_000 - 2 * DAY_MS);
            assert!((0..30_400).contains(&first), "{first}");
            let mut steps = computer.times.windows(2).map(|two| two[1] - two[0]);
            assert!(steps.all(|step_ms| step_ms == INTERVAL_MS));
        }
    }

    #[test]
    fn further_series_keep_their_type_in_json() {
        let sample = small_history().computers[0].sample(7, 1, &small_history().names);
        assert_eq!(sample.extra.as_deref(), Some(r#"{"reading:11":4096}"#));
        assert_eq!(
            (sample.computer_id, sample.network_recv_per_sec),
            (7, Some(2.5))
        );
        assert_eq!(format_value(Value::Float(3.0)), "3.0");
    }
}
