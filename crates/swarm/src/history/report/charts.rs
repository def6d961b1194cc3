//! The time to answer a chart of a year.

use super::format_verdict;
use crate::figures::{Figures, format_number, format_whole};
use crate::table::Table;

const TARGET_MS: f64 = 8.0;
const MUSTER: &str = "chart.muster.cpu.median_ms";
const ALL_FOUR: &str = "min, avg, max, count";

type Row = (&'static str, &'static str, &'static str, &'static str);
const OURS: [Row; 4] = [
    ("muster.cpu", "Muster", "cpu_percent", ALL_FOUR),
    ("muster.memory", "Muster", "memory_used", ALL_FOUR),
    ("muster.rate", "Muster", "network_sent_per_sec", ALL_FOUR),
    ("muster.five", "Muster", "five series at once", ALL_FOUR),
];
const PEERS: [Row; 3] = [
    ("victoria.avg", "VictoriaMetrics", "cpu_percent", "avg"),
    (
        "victoria.rollup",
        "VictoriaMetrics",
        "cpu_percent",
        "min, avg, max",
    ),
    ("prometheus.avg", "Prometheus", "cpu_percent", "avg"),
];

pub fn format_year_charts(figures: &Figures) -> String {
    let head = [
        "server, series, aggregates",
        "median ms",
        "min",
        "p95",
        "CPU ms",
        "ratio to Muster",
        "target",
    ];
    let mut table = Table::new(head);
    for (key, name, series, aggregates) in OURS {
        let target = (key != "muster.five").then_some(TARGET_MS);
        table.add_row(row(
            figures,
            key,
            format!("{name}, {series}: {aggregates}"),
            target,
        ));
    }
    for (key, name, series, aggregates) in PEERS {
        match figures.peer(key.split('.').next().unwrap_or(key), name) {
            Ok(name) => table.add_row(row(
                figures,
                key,
                format!("{name}, {series}: {aggregates}"),
                None,
            )),
            Err(reason) => table.add_row_without_figures(reason),
        }
    }
    format!("{}{}\n{}", about(figures), table.render(), twice(figures))
}

fn row(figures: &Figures, key: &str, name: String, target: Option<f64>) -> [String; 7] {
    let runs = |what: &str| figures.runs(&format!("chart.{key}.{what}"));
    let figure = |what: &str| runs(what).map(|runs| runs.median);
    let median = figure("median_ms");
    let verdict = median
        .zip(target)
        .map(|(value, target)| format_verdict(value, target));
    [
        name,
        format_number(median, 2),
        format_number(runs("min_ms").map(|runs| runs.least), 2),
        format_number(figure("p95_ms"), 2),
        format_number(figure("cpu_ms"), 2),
        format_number(figures.ratio(&format!("chart.{key}.median_ms"), MUSTER), 1),
        verdict.unwrap_or_default(),
    ]
}

fn about(figures: &Figures) -> String {
    format!(
        "## A chart of a year\n\n\
         One computer with {} samples, drawn as {} points. Each run sends {} requests over one kept connection after a \
         warm-up. The figures are medians of {} runs, each after a new start; the servers take turns. VictoriaMetrics \
         is measured right after the import, when it is fastest. No server answers from a response cache; all files \
         are in the page cache.\n\n",
        format_whole(figures.number("year.derived.samples")),
        format_whole(figures.number("chart.muster.cpu.points")),
        format_whole(figures.number("chart.count")),
        figures.runs(MUSTER).map_or(0, |runs| runs.count)
    )
}

fn twice(figures: &Figures) -> String {
    let Some(times) = figures.ratio("chart.victoria.avg.median_ms", MUSTER) else {
        return "The comparison with VictoriaMetrics was not measured.\n".to_owned();
    };
    let word = if times >= 2.0 { "met" } else { "MISSED" };
    format!(
        "Muster computes four aggregates {times:.1} times as fast as VictoriaMetrics computes one (target: 2.0 times): \
         {word}.\n"
    )
}
