//! Figures by name: lines of a name and a value, `year.median_ms 4.2`, which commands print and tables are made of.

use std::collections::BTreeMap;
use std::fmt::Display;

/// What the commands printed.
#[derive(Default)]
pub struct Figures(BTreeMap<String, Vec<String>>);

/// What several runs found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Runs {
    pub least: f64,
    pub median: f64,
    pub most: f64,
    pub count: usize,
}

impl Figures {
    /// Of lines of a name and a value; a name that stands there several times has a value a run.
    pub fn read(text: &str) -> Self {
        let mut figures = Self::default();
        for (name, value) in text.lines().filter_map(|line| line.split_once(' ')) {
            let values = figures.0.entry(name.to_owned()).or_default();
            values.push(value.to_owned());
        }
        figures
    }

    /// The last one of that name.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.last().map(String::as_str)
    }

    /// The last one of that name.
    pub fn number(&self, name: &str) -> Option<f64> {
        self.text(name)?.parse().ok()
    }

    /// All runs that found a number of that name.
    pub fn runs(&self, name: &str) -> Option<Runs> {
        let values = self.0.get(name)?.iter();
        let mut numbers: Vec<f64> = values.filter_map(|value| value.parse().ok()).collect();
        numbers.sort_by(f64::total_cmp);
        let count = numbers.len();
        let middle = numbers.get(count.saturating_sub(1) / 2..=count / 2)?;
        Some(Runs {
            least: *numbers.first()?,
            median: middle.iter().sum::<f64>() / middle.len() as f64,
            most: *numbers.last()?,
            count,
        })
    }

    /// One figure for each of another; of several runs the median.
    pub fn ratio(&self, of: &str, to: &str) -> Option<f64> {
        let ratio = self.runs(of)?.median / self.runs(to)?.median;
        ratio.is_finite().then_some(ratio)
    }

    /// A peer with its version, or why it is not here.
    pub fn peer(&self, key: &str, name: &str) -> Result<String, String> {
        if let Some(reason) = self.text(&format!("missing.{key}")) {
            return Err(format!("{name} (not measured: {reason})"));
        }
        let version = self.text(&format!("version.{key}"));
        Ok(version.unwrap_or(name).to_owned())
    }

    /// What stands between a start and an end of names, in order, none twice.
    pub fn between(&self, start: &str, end: &str) -> Vec<String> {
        let names = self
            .0
            .keys()
            .filter_map(|name| name.strip_prefix(start)?.strip_suffix(end));
        names.map(str::to_owned).collect()
    }
}

/// Prints a figure as [`Figures::read`] takes it.
pub fn print(name: &str, what: &str, value: impl Display) {
    println!("{name}.{what} {value}");
}

/// A figure with so many places, or a hyphen where there is none.
pub fn shown(value: Option<f64>, places: usize) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.places$}"))
}

/// A whole number with commas.
pub fn whole(value: Option<f64>) -> String {
    let digits = shown(value, 0);
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_have_commas() {
        let of = |value: f64| whole(Some(value));
        assert_eq!(
            [of(7.0), of(123.0), of(1234.0), of(1_234_567.0)],
            ["7", "123", "1,234", "1,234,567"]
        );
        assert_eq!(whole(None), "-");
    }

    #[test]
    fn several_runs_have_a_median() {
        let figures = Figures::read("a 6\na 2\na 4\nb 1\nb 2\nb none\n");
        let runs = figures.runs("a").unwrap();
        assert_eq!((runs.least, runs.median, runs.most), (2.0, 4.0, 6.0));
        assert_eq!(runs.count, 3);
        assert_eq!(figures.runs("b").unwrap().median, 1.5);
        assert_eq!(figures.runs("c"), None);
        assert_eq!(Figures::read("d none\n").runs("d"), None);
    }

    #[test]
    fn a_ratio_needs_both() {
        let figures = Figures::read("a 5\na 6\na 9\nb 3\nzero 0\n");
        assert_eq!(figures.ratio("a", "b"), Some(2.0));
        assert_eq!(figures.ratio("a", "c"), None);
        assert_eq!(figures.ratio("a", "zero"), None);
    }
}
