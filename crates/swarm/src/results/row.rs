//! One row: a measurement, its budget, and the peers it is compared with.

use crate::figures::{Runs, format_number, format_whole};

/// A measurement.
#[derive(Clone, Copy)]
pub struct Row {
    pub what: &'static str,
    pub unit: &'static str,
    pub places: usize,
    /// The figure's name.
    pub figure: &'static str,
    /// The maximum.
    pub budget: Option<f64>,
    pub peers: &'static [Peer],
}

/// The figure of a peer.
#[derive(Clone, Copy)]
pub struct Peer {
    /// The key of its version, and of the reason why it is missing.
    pub key: &'static str,
    pub name: &'static str,
    /// A remark on the configuration that was measured.
    pub kind: &'static str,
    pub figure: &'static str,
}

impl Row {
    pub const fn new(
        what: &'static str,
        unit: &'static str,
        places: usize,
        figure: &'static str,
    ) -> Self {
        Self {
            what,
            unit,
            places,
            figure,
            budget: None,
            peers: &[],
        }
    }

    pub const fn at_most(mut self, budget: f64) -> Self {
        self.budget = Some(budget);
        self
    }

    pub const fn beside(mut self, peers: &'static [Peer]) -> Self {
        self.peers = peers;
        self
    }

    pub fn title(&self) -> String {
        match self.unit {
            "" => self.what.to_owned(),
            unit => format!("{}, {unit}", self.what),
        }
    }

    pub fn format_value(&self, value: f64) -> String {
        match self.places {
            0 => format_whole(Some(value)),
            places => format_number(Some(value), places),
        }
    }

    /// The median, with the minimum and maximum if there were several runs.
    pub fn format_runs(&self, runs: Runs) -> String {
        let median = self.format_value(runs.median);
        match runs.count {
            1 => median,
            _ => format!(
                "{median} ({}–{})",
                self.format_value(runs.least),
                self.format_value(runs.most)
            ),
        }
    }

    pub fn format_budget(&self) -> String {
        let format_budget = |budget: f64| match budget.fract() {
            0.0 => format_whole(Some(budget)),
            _ => format_number(Some(budget), 1),
        };
        let budget = self
            .budget
            .map(|budget| format!("≤ {}", format_budget(budget)));
        budget.unwrap_or_default()
    }
}
