//! The dashboard's first page.

use super::PartRows;
use crate::results::row::Row;

pub static ROWS: PartRows = PartRows {
    title: "Dashboard",
    about: &[
        "Runs: {runs}, each with an empty cache, signed in, in {browser}: {agents} computers at {interval} s.",
        "The page is all that comes until the first rows are painted and is not data ({page.requests} answers: \
         {page.kinds}), as it comes over the wire, heads included; useful is the paint with the first rows of the \
         table in it.",
    ],
    sizes: &[("agents", 10_000.0)],
    rows: &[
        Row::new("first page over the wire, gzip", "kB", 1, "page.kb").at_most(90.0),
        Row::new(
            "data of all computers with it, gzip",
            "kB",
            1,
            "page.data_kb",
        ),
        Row::new("first paint", "ms", 0, "page.first_paint_ms"),
        Row::new("first useful paint", "ms", 0, "page.useful_ms").at_most(1000.0),
    ],
    names: &[("web", "the dashboard")],
};
