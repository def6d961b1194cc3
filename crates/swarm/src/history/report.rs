//! The tables, made only from figures that the commands printed.

mod charts;
mod opening;
mod sealing;
mod sizes;

use crate::figures::Figures;
use std::fs;
use std::path::Path;

pub fn print_report(path: &Path) -> anyhow::Result<()> {
    let figures = Figures::parse(&fs::read_to_string(path)?);
    print!("{}", page(&figures));
    Ok(())
}

fn page(figures: &Figures) -> String {
    let parts = [
        head(figures),
        sizes::format_day(figures),
        sizes::format_shapes(figures),
        sizes::format_year(figures),
        charts::format_year_charts(figures),
        sealing::format_sealing(figures),
        opening::format_opening(figures),
    ];
    parts.join("\n")
}

fn head(figures: &Figures) -> String {
    let text = |name: &str| figures.text(name).unwrap_or("unknown");
    format!(
        "# The cost of keeping history\n\n\
         Written by `make bench-history`. Everything was measured in one run. Date: {}. Machine: {}.\n",
        text("date"),
        text("machine")
    )
}

/// A target, and whether a figure meets it.
fn format_verdict(value: f64, at_most: f64) -> String {
    let word = if value <= at_most { "met" } else { "MISSED" };
    format!("≤ {at_most:.1}: {word}")
}

#[cfg(test)]
mod tests {
    use super::{Figures, page};

    const FIGURES: &str = "\
date 2026-11-24
machine a machine
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
    fn reports_results_missed_targets_and_missing_peers() {
        let page = page(&Figures::parse(FIGURES));
        let row = |start: &str| {
            let mut lines = page.lines().filter(|line| line.starts_with(start));
            let line = lines
                .next()
                .unwrap_or_else(|| panic!("no {start} in\n{page}"));
            line.split('|').map(str::trim).collect::<Vec<_>>().join("|")
        };
        assert!(page.contains("Date: 2026-11-24. Machine: a machine."));
        let derived = "|Muster, rates derived from counters|900,000|0.900|1.0|≤ 1.0: met|";
        assert_eq!(row("| Muster, rates derived"), derived);
        assert!(row("| Muster, rates from the agent").ends_with("|1.350|1.5|≤ 1.3: MISSED|"));
        assert!(row("| Flask").contains("|9.900|11.0|"));
        assert!(row("| VictoriaMetrics 1.79.5").contains("|1.800|2.0|"));
        assert!(row("| Prometheus").contains("apt has no package prometheus"));
        assert!(row("| idle").starts_with("|idle|2|0.500|-|"));
        assert!(row("| Muster, cpu").contains("|6.50|"));
        assert!(row("| server, with").starts_with("|server, with its pauses|50.0|4.0|"));
    }
}
