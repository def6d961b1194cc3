//! The part of Prometheus' text format that the metrics need.

use std::fmt::{Display, Write as _};

/// A page of metrics.
#[derive(Default)]
pub struct Text(String);

impl Text {
    /// A counter; its name ends with `_total`.
    pub fn counter(&mut self, name: &str, help: &str, value: impl Display) {
        self.head(name, help, "counter");
        self.line(format_args!("{name} {value}"));
    }

    /// A gauge.
    pub fn gauge(&mut self, name: &str, help: &str, value: impl Display) {
        self.head(name, help, "gauge");
        self.line(format_args!("{name} {value}"));
    }

    /// A gauge for each value of a label. The values must not contain quotes or backslashes.
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

    /// A text as the label of a gauge that is 1. It must not contain quotes or backslashes.
    pub fn info(&mut self, name: &str, help: &str, label: &str, word: &str) {
        self.head(name, help, "gauge");
        self.line(format_args!("{name}{{{label}=\"{word}\"}} 1"));
    }

    /// A histogram: cumulative counts for each bound, and the total as the last count.
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
    pub fn into_string(self) -> String {
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
