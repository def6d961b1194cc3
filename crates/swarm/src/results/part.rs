//! The results of one part of the benchmark.

use super::row::{Peer, Row};
use super::rows::{About, PartRows};
use crate::figures::{Figures, Runs, format_number, format_whole};
use crate::table::Table;
use anyhow::Context as _;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

pub struct Part {
    name: &'static str,
    rows: &'static PartRows,
    figures: Figures,
}

impl Part {
    /// Reads the figures of a part; a part that was never run has none.
    pub fn from_folder(
        folder: &Path,
        name: &'static str,
        rows: &'static PartRows,
    ) -> anyhow::Result<Self> {
        let file = folder.join(name);
        let text = match fs::read_to_string(&file) {
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            text => text.with_context(|| format!("{} cannot be read", file.display()))?,
        };
        Ok(Self::from_text(name, rows, &text))
    }

    pub fn from_text(name: &'static str, rows: &'static PartRows, text: &str) -> Self {
        Self {
            name,
            rows,
            figures: Figures::parse(text),
        }
    }

    pub fn budgets(&self) -> impl Iterator<Item = (&Self, &'static Row)> {
        let rows = self.rows.rows.iter().filter(|row| row.budget.is_some());
        rows.map(move |row| (self, row))
    }

    /// The title of a row in the table of all budgets.
    pub fn full_title(&self, row: &Row) -> String {
        format!("{}: {}", self.rows.title, row.title())
    }

    fn runs(&self, row: &Row) -> Option<Runs> {
        self.figures.runs(row.figure)
    }

    pub fn own_figure(&self, row: &Row) -> String {
        let runs = self.runs(row);
        runs.map_or_else(|| "-".to_owned(), |runs| row.format_runs(runs))
    }

    pub fn verdict(&self, row: &Row) -> &'static str {
        match (self.runs(row), row.budget) {
            (Some(_), Some(_)) if self.other_size().is_some() => "another size",
            (Some(runs), Some(budget)) if runs.median <= budget => "met",
            (Some(_), Some(_)) => "MISSED",
            (None, _) => "not measured",
            (Some(_), None) => "",
        }
    }

    /// A sentence on the difference if the part was not measured at the size that the budgets are for.
    fn other_size(&self) -> Option<String> {
        let mut others = self.rows.sizes.iter().filter_map(|&(name, size)| {
            let measured = self.figures.number(name)?;
            (measured != size).then(|| {
                let (measured, size) = (format_whole(Some(measured)), format_whole(Some(size)));
                format!("{name} is {measured} instead of {size}")
            })
        });
        let first = others.next()?;
        Some(others.fold(first, |all, other| format!("{all}, {other}")))
    }

    /// The peer that needs least, and its ratio to Muster.
    pub fn best_peer(&self, row: &Row) -> Option<(String, String)> {
        let own = self.runs(row)?.median;
        let measured = row.peers.iter().filter_map(|peer| {
            let median = self.figures.runs(peer.figure)?.median;
            Some((peer, median))
        });
        let (peer, median) = measured.min_by(|one, other| one.1.total_cmp(&other.1))?;
        let name = format!("{}: {}", self.peer_name(peer), row.format_value(median));
        Some((name, format_ratio(median, own)))
    }

    fn peer_name(&self, peer: &Peer) -> String {
        let version = self.figures.text(&format!("version.{}", peer.key));
        let name = version.unwrap_or(peer.name);
        match peer.kind {
            "" => name.to_owned(),
            kind => format!("{name}, {kind}"),
        }
    }

    pub fn format_section(&self) -> String {
        let PartRows { title, about, .. } = self.rows;
        if self.figures.text("date").is_none() {
            return format!(
                "## {title}\n\nNot measured: run `make bench-{}`.\n",
                self.name
            );
        }
        let other_size = self.other_size().map_or_else(String::new, |other| {
            format!(" **Not measured at the size of the budgets: {other}.**")
        });
        format!(
            "## {title}\n\n{}{other_size}{}\n\n{}",
            self.measured_on(),
            self.description(about),
            self.format_table()
        )
    }

    fn measured_on(&self) -> String {
        let text = |name: &str| self.figures.text(name).unwrap_or("unknown");
        format!(
            "`make bench-{}`, {}, {}, on {}.",
            self.name,
            text("date"),
            text("muster"),
            text("machine")
        )
    }

    /// The text about the part, with its figures in place of `{name}`. Sentences without their figures are left out.
    fn description(&self, about: &About) -> String {
        let sentences = about.iter().filter_map(|sentence| self.fill_in(sentence));
        sentences.map(|sentence| format!(" {sentence}")).collect()
    }

    fn fill_in(&self, sentence: &str) -> Option<String> {
        let mut parts = sentence.split('{');
        let mut text = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (name, rest) = part.split_once('}')?;
            text.push_str(self.figures.text(name)?);
            text.push_str(rest);
        }
        Some(text)
    }

    fn format_table(&self) -> String {
        let head = ["what", "program", "figure", "ratio to Muster", "budget"];
        let mut table = Table::new(head);
        for row in self.rows.rows {
            let own = self.runs(row);
            let verdict = match (row.budget, own) {
                (Some(_), Some(_)) => format!("{}: {}", row.format_budget(), self.verdict(row)),
                (_, None) => self.verdict(row).to_owned(),
                (None, _) => String::new(),
            };
            let one = own
                .filter(|_| !row.peers.is_empty())
                .map(|_| "1.0".to_owned());
            table.add_row([
                row.title(),
                "Muster".into(),
                self.own_figure(row),
                one.unwrap_or_default(),
                verdict,
            ]);
            for peer in row.peers {
                table.add_row(self.peer_row(row, peer, own));
            }
        }
        let missing: String = self.missing().into_iter().collect();
        table.render() + &missing
    }

    fn peer_row(&self, row: &Row, peer: &Peer, own: Option<Runs>) -> [String; 5] {
        let runs = self.figures.runs(peer.figure);
        let ratio = runs
            .zip(own)
            .map(|(runs, own)| format_ratio(runs.median, own.median));
        [
            String::new(),
            self.peer_name(peer),
            runs.map_or_else(|| "-".to_owned(), |runs| row.format_runs(runs)),
            ratio.unwrap_or_else(|| "-".to_owned()),
            String::new(),
        ]
    }

    /// A line for each missing measurement, with the reason.
    fn missing(&self) -> Vec<String> {
        let keys = self.figures.names_between("missing.", "");
        let line = |key: &String| {
            let reason = self.figures.text(&format!("missing.{key}"))?;
            let name = self.rows.names.iter().find(|(known, _)| known == key);
            let name = name.map_or(key.as_str(), |(_, name)| name);
            Some(format!("\nNot measured: {name} ({reason}).\n"))
        };
        keys.iter().filter_map(line).collect()
    }
}

fn format_ratio(of: f64, own: f64) -> String {
    let ratio = of / own;
    format_number(ratio.is_finite().then_some(ratio), 1)
}
