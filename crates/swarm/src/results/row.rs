//! One row: what is measured, what it may be, and who else is measured beside it.

use crate::figures::{Runs, shown, whole};

/// What is measured.
#[derive(Clone, Copy)]
pub struct Row {
    pub what: &'static str,
    pub unit: &'static str,
    pub places: usize,
    /// The figure's name.
    pub figure: &'static str,
    /// It may be this at most.
    pub budget: Option<f64>,
    pub peers: &'static [Peer],
}

/// Somebody else's figure.
#[derive(Clone, Copy)]
pub struct Peer {
    /// Under which its version is noted, and why it is missing.
    pub key: &'static str,
    pub name: &'static str,
    /// What of it is compared, where that needs saying.
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

    pub fn number(&self, value: f64) -> String {
        match self.places {
            0 => whole(Some(value)),
            places => shown(Some(value), places),
        }
    }

    /// The median, with what the runs lay between.
    pub fn shown(&self, runs: Runs) -> String {
        let median = self.number(runs.median);
        match runs.count {
            1 => median,
            _ => format!(
                "{median} ({}–{})",
                self.number(runs.least),
                self.number(runs.most)
            ),
        }
    }

    pub fn budget_shown(&self) -> String {
        let shown = |budget: f64| match budget.fract() {
            0.0 => whole(Some(budget)),
            _ => shown(Some(budget), 1),
        };
        let budget = self.budget.map(|budget| format!("≤ {}", shown(budget)));
        budget.unwrap_or_default()
    }
}
