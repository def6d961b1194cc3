//! What one part of the benchmark found.

use super::row::{Peer, Row};
use super::rows::{About, PartRows};
use crate::figures::{Figures, Runs, shown, whole};
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
    /// A part that was never run has no figures.
    pub fn read(
        folder: &Path,
        name: &'static str,
        rows: &'static PartRows,
    ) -> anyhow::Result<Self> {
        let file = folder.join(name);
        let text = match fs::read_to_string(&file) {
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            text => text.with_context(|| format!("{} cannot be read", file.display()))?,
        };
        Ok(Self::of(name, rows, &text))
    }

    pub fn of(name: &'static str, rows: &'static PartRows, text: &str) -> Self {
        Self {
            name,
            rows,
            figures: Figures::read(text),
        }
    }

    pub fn budgets(&self) -> impl Iterator<Item = (&Self, &'static Row)> {
        let rows = self.rows.rows.iter().filter(|row| row.budget.is_some());
        rows.map(move |row| (self, row))
    }

    /// Of a row among those of other parts.
    pub fn title_of(&self, row: &Row) -> String {
        format!("{}: {}", self.rows.title, row.title())
    }

    fn runs(&self, row: &Row) -> Option<Runs> {
        self.figures.runs(row.figure)
    }

    pub fn own(&self, row: &Row) -> String {
        let runs = self.runs(row);
        runs.map_or_else(|| "-".to_owned(), |runs| row.shown(runs))
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

    /// That it was measured at another size than the budgets are for, in words.
    fn other_size(&self) -> Option<String> {
        let mut others = self.rows.sizes.iter().filter_map(|&(name, size)| {
            let measured = self.figures.number(name)?;
            (measured != size).then(|| {
                let (measured, size) = (whole(Some(measured)), whole(Some(size)));
                format!("{name} is {measured} and not {size}")
            })
        });
        let first = others.next()?;
        Some(others.fold(first, |all, other| format!("{all}, {other}")))
    }

    /// The one that needs least, and how many times as much as Muster.
    pub fn best_peer(&self, row: &Row) -> Option<(String, String)> {
        let own = self.runs(row)?.median;
        let measured = row.peers.iter().filter_map(|peer| {
            let median = self.figures.runs(peer.figure)?.median;
            Some((peer, median))
        });
        let (peer, median) = measured.min_by(|one, other| one.1.total_cmp(&other.1))?;
        let name = format!("{}: {}", self.peer_name(peer), row.number(median));
        Some((name, times(median, own)))
    }

    fn peer_name(&self, peer: &Peer) -> String {
        let version = self.figures.text(&format!("version.{}", peer.key));
        let name = version.unwrap_or(peer.name);
        match peer.kind {
            "" => name.to_owned(),
            kind => format!("{name}, {kind}"),
        }
    }

    pub fn section(&self) -> String {
        let PartRows { title, about, .. } = self.rows;
        if self.figures.text("date").is_none() {
            return format!(
                "## {title}\n\nNot measured: `make bench-{}` does.\n",
                self.name
            );
        }
        let other_size = self.other_size().map_or_else(String::new, |other| {
            format!(" **Not at the size of the budgets: {other}.**")
        });
        format!(
            "## {title}\n\n{}{other_size}{}\n\n{}",
            self.measured_on(),
            self.told(about),
            self.table()
        )
    }

    fn measured_on(&self) -> String {
        let text = |name: &str| self.figures.text(name).unwrap_or("something unknown");
        format!(
            "`make bench-{}`, {}, {}, on {}.",
            self.name,
            text("date"),
            text("muster"),
            text("machine")
        )
    }

    /// The words in which `{name}` stands for a figure; a sentence that lacks one is left out.
    fn told(&self, about: &About) -> String {
        let sentences = about.iter().filter_map(|sentence| self.filled(sentence));
        sentences.map(|sentence| format!(" {sentence}")).collect()
    }

    fn filled(&self, sentence: &str) -> Option<String> {
        let mut parts = sentence.split('{');
        let mut text = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (name, rest) = part.split_once('}')?;
            text.push_str(self.figures.text(name)?);
            text.push_str(rest);
        }
        Some(text)
    }

    fn table(&self) -> String {
        let head = ["what", "by", "figure", "times Muster's", "budget"];
        let mut table = Table::new(head);
        for row in self.rows.rows {
            let own = self.runs(row);
            let verdict = match (row.budget, own) {
                (Some(_), Some(_)) => format!("{}: {}", row.budget_shown(), self.verdict(row)),
                (_, None) => self.verdict(row).to_owned(),
                (None, _) => String::new(),
            };
            let one = own
                .filter(|_| !row.peers.is_empty())
                .map(|_| "1.0".to_owned());
            table.row([
                row.title(),
                "Muster".into(),
                self.own(row),
                one.unwrap_or_default(),
                verdict,
            ]);
            for peer in row.peers {
                table.row(self.beside(row, peer, own));
            }
        }
        let missing: String = self.missing().into_iter().collect();
        table.render() + &missing
    }

    fn beside(&self, row: &Row, peer: &Peer, own: Option<Runs>) -> [String; 5] {
        let runs = self.figures.runs(peer.figure);
        let ratio = runs
            .zip(own)
            .map(|(runs, own)| times(runs.median, own.median));
        [
            String::new(),
            self.peer_name(peer),
            runs.map_or_else(|| "-".to_owned(), |runs| row.shown(runs)),
            ratio.unwrap_or_else(|| "-".to_owned()),
            String::new(),
        ]
    }

    /// Why something has no figures.
    fn missing(&self) -> Vec<String> {
        let keys = self.figures.between("missing.", "");
        let line = |key: &String| {
            let reason = self.figures.text(&format!("missing.{key}"))?;
            let name = self.rows.names.iter().find(|(known, _)| known == key);
            let name = name.map_or(key.as_str(), |(_, name)| name);
            Some(format!("\nNot measured: {name}, since {reason}.\n"))
        };
        keys.iter().filter_map(line).collect()
    }
}

fn times(of: f64, own: f64) -> String {
    let ratio = of / own;
    shown(ratio.is_finite().then_some(ratio), 1)
}
