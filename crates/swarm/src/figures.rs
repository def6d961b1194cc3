//! Figures by name: lines with a name and a value, such as `year.median_ms 4.2`. Commands print them, and reports
//! read them.

use std::collections::BTreeMap;
use std::fmt::Display;

/// The values of each figure, one per run.
#[derive(Default)]
pub struct Figures(BTreeMap<String, Vec<String>>);

/// A summary of several runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Runs {
    pub least: f64,
    pub median: f64,
    pub most: f64,
    pub count: usize,
}

impl Figures {
    /// Parses lines with a name and a value. A name that occurs several times has one value per run.
    pub fn parse(text: &str) -> Self {
        let mut figures = Self::default();
        for (name, value) in text.lines().filter_map(|line| line.split_once(' ')) {
            let values = figures.0.entry(name.to_owned()).or_default();
            values.push(value.to_owned());
        }
        figures
    }

    /// The last value of a figure.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.last().map(String::as_str)
    }

    /// The last value of a figure, as a number.
    pub fn number(&self, name: &str) -> Option<f64> {
        self.text(name)?.parse().ok()
    }

    /// All numeric values of a figure.
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

    /// One figure divided by another, each the median of its runs.
    pub fn ratio(&self, of: &str, to: &str) -> Option<f64> {
        let ratio = self.runs(of)?.median / self.runs(to)?.median;
        ratio.is_finite().then_some(ratio)
    }

    /// The name of a peer with its version, or with the reason why it was not measured.
    pub fn peer(&self, key: &str, name: &str) -> Result<String, String> {
        if let Some(reason) = self.text(&format!("missing.{key}")) {
            return Err(format!("{name} (not measured: {reason})"));
        }
        let version = self.text(&format!("version.{key}"));
        Ok(version.unwrap_or(name).to_owned())
    }

    /// The middle parts of all names with this start and end, sorted and unique.
    pub fn names_between(&self, start: &str, end: &str) -> Vec<String> {
        let names = self
            .0
            .keys()
            .filter_map(|name| name.strip_prefix(start)?.strip_suffix(end));
        names.map(str::to_owned).collect()
    }
}

/// Prints a figure in the format that [`Figures::parse`] reads.
pub fn print_figure(name: &str, what: &str, value: impl Display) {
    println!("{name}.{what} {value}");
}

/// A number with this many decimal places, or a hyphen if there is none.
pub fn format_number(value: Option<f64>, places: usize) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.places$}"))
}

/// A whole number with thousands separators.
pub fn format_whole(value: Option<f64>) -> String {
    let digits = format_number(value, 0);
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
        let of = |value: f64| format_whole(Some(value));
        assert_eq!(
            [of(7.0), of(123.0), of(1234.0), of(1_234_567.0)],
            ["7", "123", "1,234", "1,234,567"]
        );
        assert_eq!(format_whole(None), "-");
    }

    #[test]
    fn several_runs_have_a_median() {
        let figures = Figures::parse("a 6\na 2\na 4\nb 1\nb 2\nb none\n");
        let runs = figures.runs("a").unwrap();
        assert_eq!((runs.least, runs.median, runs.most), (2.0, 4.0, 6.0));
        assert_eq!(runs.count, 3);
        assert_eq!(figures.runs("b").unwrap().median, 1.5);
        assert_eq!(figures.runs("c"), None);
        assert_eq!(Figures::parse("d none\n").runs("d"), None);
    }

    #[test]
    fn a_ratio_needs_both() {
        let figures = Figures::parse("a 5\na 6\na 9\nb 3\nzero 0\n");
        assert_eq!(figures.ratio("a", "b"), Some(2.0));
        assert_eq!(figures.ratio("a", "c"), None);
        assert_eq!(figures.ratio("a", "zero"), None);
    }
}
