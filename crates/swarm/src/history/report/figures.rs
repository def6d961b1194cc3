//! Figures by name.

use std::collections::BTreeMap;

/// What the commands printed.
pub struct Figures(BTreeMap<String, String>);

impl Figures {
    /// Of lines of a name and a value; of two with one name the later counts.
    pub fn read(text: &str) -> Self {
        let lines = text.lines().filter_map(|line| line.split_once(' '));
        Self(
            lines
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        )
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    pub fn number(&self, name: &str) -> Option<f64> {
        self.text(name)?.parse().ok()
    }

    /// One figure for each of another.
    pub fn ratio(&self, of: &str, to: &str) -> Option<f64> {
        let ratio = self.number(of)? / self.number(to)?;
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
    fn a_ratio_needs_both() {
        let figures = Figures::read("a 6\nb 3\nzero 0\n");
        assert_eq!(figures.ratio("a", "b"), Some(2.0));
        assert_eq!(figures.ratio("a", "c"), None);
        assert_eq!(figures.ratio("a", "zero"), None);
    }
}
