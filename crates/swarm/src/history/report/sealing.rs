//! The cost of sealing.

use crate::figures::{Figures, format_number, format_whole};
use crate::history::generated::DAY_SAMPLES;
use crate::table::Table;

pub fn format_sealing(figures: &Figures) -> String {
    let head = [
        "sealing",
        "computer-days per second",
        "CPU ms per computer-day",
        "written, bytes per sample",
    ];
    let mut table = Table::new(head);
    let rows = [
        ("server, with its pauses", "sealing", "server"),
        ("store alone", "direct", "seal"),
        (
            "store alone, a year of one computer",
            "year.derived",
            "seal",
        ),
    ];
    for (name, key, who) in rows {
        let ratio =
            |of: &str, to: &str| figures.ratio(&format!("{key}.{of}"), &format!("{key}.{to}"));
        let speed = ratio("days", &format!("{who}_s"));
        let cpu_ms = ratio(&format!("{who}_cpu_ms"), "days");
        let written = ratio(&format!("{who}_written"), "sealed");
        table.add_row([
            name.to_owned(),
            format_number(speed, 1),
            format_number(cpu_ms, 1),
            format_whole(written),
        ]);
    }
    format!(
        "## Sealing\n\n\
         A computer-day is {} samples of 11 numbers each. Its rows are interleaved with those of all other computers, \
         except for the year of one computer. The server's figures count from its start. At that speed it keeps up \
         with {} computers.\n\n{}",
        format_whole(Some(DAY_SAMPLES as f64)),
        format_whole(
            figures
                .ratio("sealing.days", "sealing.server_s")
                .map(|days| days * 86_400.0)
        ),
        table.render()
    )
}
