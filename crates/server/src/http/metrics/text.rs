//! Prometheus' text format, as far as one number a name needs it.

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

    /// A word, as the label of a 1. It must be free of quotes and backslashes.
    pub fn info(&mut self, name: &str, help: &str, label: &str, word: &str) {
        self.head(name, help, "gauge");
        self.line(format_args!("{name}{{{label}=\"{word}\"}} 1"));
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
