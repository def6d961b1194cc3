//! Bytes per number.

use super::format_verdict;
use crate::figures::{Figures, format_number, format_whole};
use crate::table::Table;

const MAX_DERIVED: f64 = 1.0;
const MAX_STORED: f64 = 1.3;
/// A way to keep history: the name of its figures, the peer, a title and a target.
type Row = (
    &'static str,
    Option<(&'static str, &'static str)>,
    &'static str,
    Option<f64>,
);
const PROMETHEUS: Option<(&str, &str)> = Some(("prometheus", "Prometheus"));
const VICTORIA: Option<(&str, &str)> = Some(("victoria", "VictoriaMetrics"));
const DAY: [Row; 7] = [
    (
        "derived",
        None,
        "Muster, rates derived from counters",
        Some(MAX_DERIVED),
    ),
    (
        "clocked",
        None,
        "Muster, rates from the agent's own clock",
        Some(MAX_STORED),
    ),
    ("flask", None, "Flask server, rows", None),
    ("prometheus", PROMETHEUS, "", None),
    (
        "prometheus_even",
        PROMETHEUS,
        ", timestamps on an even grid",
        None,
    ),
    ("victoria", VICTORIA, "", None),
    (
        "victoria_even",
        VICTORIA,
        ", timestamps on an even grid",
        None,
    ),
];
const YEAR: [Row; 3] = [
    ("derived", None, "Muster", Some(MAX_DERIVED)),
    ("prometheus", PROMETHEUS, "", None),
    ("victoria", VICTORIA, "", None),
];

pub fn format_day(figures: &Figures) -> String {
    let number = |name: &str| format_whole(figures.number(name));
    format!(
        "## One day of a fleet\n\n\
         {} computers, {} samples with {} numbers; timestamps and missing values do not count as numbers. For Muster, \
         the bytes are the size of the whole file after the server has sealed it and stopped, including the newest \
         sample of each computer as a row (the file takes {} bytes on disk; an empty database has {}). For Prometheus \
         they are the compacted block, for VictoriaMetrics data and index after a forced merge. All programs store the \
         same timestamps, in milliseconds. On an even grid, as on a server that dates samples by its schedule, \
         timestamps take less.\n\n{}",
        number("day.computers"),
        number("day.derived.samples"),
        number("day.derived.numbers"),
        number("day.derived.disk_bytes"),
        number("empty.bytes"),
        table(figures, "day", &DAY)
    )
}

pub fn format_year(figures: &Figures) -> String {
    format!(
        "## A year of one computer\n\n{} samples with {} numbers.\n\n{}",
        format_whole(figures.number("year.derived.samples")),
        format_whole(figures.number("year.derived.numbers")),
        table(figures, "year", &YEAR)
    )
}

fn table(figures: &Figures, span: &str, rows: &[Row]) -> String {
    let mut table = Table::new([
        "program",
        "bytes",
        "per number",
        "ratio to Muster",
        "target",
    ]);
    for &(key, peer, name, target) in rows {
        match peer.map_or(Ok(String::new()), |(key, name)| figures.peer(key, name)) {
            Ok(peer) => table.add_row(row(figures, &format!("{span}.{key}"), peer + name, target)),
            // The reason is given once.
            Err(reason) if name.is_empty() => table.add_row_without_figures(reason),
            Err(_) => {}
        }
    }
    table.render()
}

fn row(figures: &Figures, key: &str, name: String, target: Option<f64>) -> [String; 5] {
    let span = key.split('.').next().unwrap_or(key);
    let bytes = format!("{key}.bytes");
    let own = format!("{key}.numbers");
    // Programs without a count of their own store the same samples.
    let numbers = if figures.text(&own).is_some() {
        own
    } else {
        format!("{span}.derived.numbers")
    };
    let a_number = figures.ratio(&bytes, &numbers);
    let verdict = a_number
        .zip(target)
        .map(|(value, target)| format_verdict(value, target));
    let times = figures.ratio(&bytes, &format!("{span}.derived.bytes"));
    [
        name,
        format_whole(figures.number(&bytes)),
        format_number(a_number, 3),
        format_number(times, 1),
        verdict.unwrap_or_default(),
    ]
}

pub fn format_shapes(figures: &Figures) -> String {
    let head = [
        "data",
        "seed",
        "rates derived",
        "rates stored",
        "≤ 1.0",
        "≤ 1.3",
    ];
    let mut table = Table::new(head);
    let mut cases = figures.names_between("shape.", ".derived.bytes");
    cases.sort_by_key(|case| place(case));
    for case in cases {
        let (shape, seed) = case.split_once('.').unwrap_or((&case, ""));
        let of = |rates: &str| {
            let start = format!("shape.{case}.{rates}");
            figures.ratio(&format!("{start}.bytes"), &format!("{start}.numbers"))
        };
        let (derived, clocked) = (of("derived"), of("clocked"));
        table.add_row([
            shape.to_owned(),
            seed.to_owned(),
            format_number(derived, 3),
            format_number(clocked, 3),
            word(derived, MAX_DERIVED),
            word(clocked, MAX_STORED),
        ]);
    }
    format!(
        "## Other data\n\n\
         Bytes per number of the whole file, for one day of {} computers. The seeds differ from the one above.\n\n{}",
        format_whole(figures.number("shape.computers")),
        table.render()
    )
}

/// The position of a case in the usual order of shapes.
fn place(case: &str) -> (usize, String) {
    let order = ["usual", "idle", "noisy", "constant", "resets", "sixty"];
    let place = order.iter().position(|shape| case.starts_with(shape));
    (place.unwrap_or(order.len()), case.to_owned())
}

fn word(value: Option<f64>, at_most: f64) -> String {
    value
        .map_or("-", |value| if value <= at_most { "met" } else { "MISSED" })
        .to_owned()
}
