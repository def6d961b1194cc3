//! Prometheus' text format, as far as our metrics need it.

use std::fmt::{Display, Write as _};

/// A page of metrics.
#[derive(Default)]
pub struct Text(String);

impl Text {
    /// What only grows; its name ends with `_total`.
    pub fn counter(&mut self, name: &str, help: &str, value: impl Display) {
        self.head(name, help, "counter");
        self.line(format_args!("{name} {value}"));
    }

    /// What goes up and down.
    pub fn gauge(&mut self, name: &str, help: &str, value: impl Display) {
        self.head(name, help, "gauge");
        self.line(format_args!("{name} {value}"));
    }

    /// One gauge for each value of a label. The values must be free of quotes and backslashes.
    pub fn gauges<V: Display>(
        &mut self,
        name: &str,
        help: &str,
        label: &str,
        values: impl IntoIterator<Item = (&'static str, V)>,
    ) {
        self.head(name, help, "gauge");
        for (word, value) in values {
            self.line(format_args!("{name}{{{label}=\"{word}\"}} {value}"));
        }
    }

    /// A word, as the label of a 1. It must be free of quotes and backslashes.
    pub fn info(&mut self, name: &str, help: &str, label: &str, word: &str) {
        self.head(name, help, "gauge");
        self.line(format_args!("{name}{{{label}=\"{word}\"}} 1"));
    }

    /// How many of all are at most as much as each bound; the last of them are all there are.
    pub fn histogram(&mut self, name: &str, help: &str, bounds: &[f64], counts: &[u64], sum: f64) {
        self.head(name, help, "histogram");
        let bounds = bounds.iter().map(ToString::to_string);
        let bounds = bounds.chain(std::iter::once("+Inf".to_owned()));
        for (bound, count) in bounds.zip(counts) {
            self.line(format_args!("{name}_bucket{{le=\"{bound}\"}} {count}"));
        }
        self.line(format_args!("{name}_sum {sum}"));
        let all = counts.last().copied().unwrap_or_default();
        self.line(format_args!("{name}_count {all}"));
    }

    /// The page.
    pub fn finished(self) -> String {
        self.0
    }

    fn head(&mut self, name: &str, help: &str, kind: &str) {
        self.line(format_args!("# HELP {name} {help}"));
        self.line(format_args!("# TYPE {name} {kind}"));
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.0, "{line}");
    }
}
