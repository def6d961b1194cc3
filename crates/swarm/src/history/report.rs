//! The tables: out of figures that the commands printed, and of nothing else.

mod charts;
mod opening;
mod sealing;
mod sizes;

use crate::figures::Figures;
use crate::machine;
use std::fs;
use std::path::Path;

pub fn print(path: &Path) -> anyhow::Result<()> {
    let figures = Figures::read(&fs::read_to_string(path)?);
    print!("{}", page(&figures, &machine::describe()));
    Ok(())
}

fn page(figures: &Figures, machine: &str) -> String {
    let parts = [
        head(figures, machine),
        sizes::day(figures),
        sizes::shapes(figures),
        sizes::year(figures),
        charts::year(figures),
        sealing::sealing(figures),
        opening::hundred(figures),
    ];
    parts.join("\n")
}

fn head(figures: &Figures, machine: &str) -> String {
    format!(
        "# History: what keeping it costs\n\n\
         Written by `make bench-history`; all of it measured in one run, on {}, on {machine}.\n",
        figures.text("date").unwrap_or("a day that nobody noted")
    )
}

/// Whether a figure is within its target.
fn verdict(value: f64, at_most: f64) -> String {
    let word = if value <= at_most { "met" } else { "MISSED" };
    format!("≤ {at_most:.1}: {word}")
}

#[cfg(test)]
mod tests {
    use super::{Figures, page};

    const FIGURES: &str = "\
date 2026-11-24
day.derived.numbers 1000000
day.derived.bytes 900000
day.clocked.numbers 1000000
day.clocked.bytes 1350000
day.flask.bytes 9900000
day.victoria.bytes 1800000
version.victoria VictoriaMetrics 1.79.5
missing.prometheus apt has no package prometheus
shape.idle.2.derived.numbers 100
shape.idle.2.derived.bytes 50
chart.muster.cpu.median_ms 6.5
chart.victoria.avg.median_ms 19.5
sealing.days 100
sealing.server_s 2
sealing.server_cpu_ms 400
";

    #[test]
    fn says_what_was_measured_what_was_missed_and_what_was_not_to_be_had() {
        let page = page(&Figures::read(FIGURES), "a machine");
        let row = |start: &str| {
            let mut lines = page.lines().filter(|line| line.starts_with(start));
            let line = lines
                .next()
                .unwrap_or_else(|| panic!("no {start} in\n{page}"));
            line.split('|').map(str::trim).collect::<Vec<_>>().join("|")
        };
        assert!(page.contains("on 2026-11-24, on a machine."));
        let derived = "|Muster, rates that follow from the counters|900,000|0.900|1.0|≤ 1.0: met|";
        assert_eq!(row("| Muster, rates that follow"), derived);
        assert!(row("| Muster, rates by the agent").ends_with("|1.350|1.5|≤ 1.3: MISSED|"));
        assert!(row("| Flask").contains("|9.900|11.0|"));
        assert!(row("| VictoriaMetrics 1.79.5").contains("|1.800|2.0|"));
        assert!(row("| Prometheus").contains("apt has no package prometheus"));
        assert!(row("| idle").starts_with("|idle|2|0.500|-|"));
        assert!(row("| Muster, cpu").contains("|6.50|"));
        assert!(row("| the server").starts_with("|the server, with its pauses|50.0|4.0|"));
    }
}
