//! A database of a hundred computers, a year old.

use crate::figures::{Figures, shown, whole};
use crate::table::Table;

pub fn hundred(figures: &Figures) -> String {
    let mut table = Table::new(["a year of many computers", "file cached", "file not cached"]);
    let rows = [
        ("from the start to the first answer, ms", "healthz_ms", 1.0),
        ("from the start to a year's chart, ms", "chart_ms", 1.0),
        (
            "a year's chart, each computer's first: median ms",
            "median_ms",
            1.0,
        ),
        ("the slowest of these, ms", "max_ms", 1.0),
        ("memory after them, MB", "rss_kib", 1024.0 / 1e6),
        ("most memory, MB", "peak_kib", 1024.0 / 1e6),
    ];
    for (name, what, unit) in rows {
        let cell = |when: &str| {
            let value = figures.number(&format!("hundred.{when}.{what}"));
            shown(value.map(|value| value * unit), 1)
        };
        table.row([name.to_owned(), cell("warm"), cell("cold")]);
    }
    format!(
        "## A database that is a year old\n\n\
         {} computers, {} bytes; {} of them are asked for their year.\n\n{}",
        whole(figures.number("hundred.computers")),
        whole(figures.number("hundred.bytes")),
        whole(figures.number("hundred.warm.charts")),
        table.render()
    )
}
