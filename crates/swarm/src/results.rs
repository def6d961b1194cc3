//! `bench/RESULTS.md`: all budgets, then a section per part with its measurements and those of the peers. Made only
//! from the figures that the parts of `scripts/bench` left.

mod part;
mod row;
mod rows;

use crate::table::Table;
use part::Part;
use std::path::Path;

pub fn print_results(folder: &Path) -> anyhow::Result<()> {
    anyhow::ensure!(
        folder.is_dir(),
        "there is no folder {}: `make bench` creates it",
        folder.display()
    );
    let parts = rows::parts().map(|(name, rows)| Part::from_folder(folder, name, rows));
    let parts: Vec<Part> = parts.into_iter().collect::<anyhow::Result<_>>()?;
    print!("{}", format_page(&parts));
    Ok(())
}

fn format_page(parts: &[Part]) -> String {
    let mut page = format!("{}\n## All budgets\n\n{}", head(parts), budgets(parts));
    for part in parts {
        page.push('\n');
        page.push_str(&part.format_section());
    }
    page
}

fn head(parts: &[Part]) -> String {
    let count = |verdict: &str| {
        let rows = parts.iter().flat_map(Part::budgets);
        rows.filter(|(part, row)| part.verdict(row) == verdict)
            .count()
    };
    format!(
        "# What Muster costs, compared with its peers\n\n\
         Written by `make bench`. Each part says when and on which machine it was measured. A figure is the median of \
         its runs, with minimum and maximum if there were several. CPU time is the process's CPU time as the kernel \
         counts it, not elapsed time.\n\n\
         Budgets: {} met, {} missed, {} measured at another size, {} not measured.\n",
        count("met"),
        count("MISSED"),
        count("another size"),
        count("not measured")
    )
}

fn budgets(parts: &[Part]) -> String {
    let mut table = Table::new([
        "what",
        "Muster",
        "budget",
        "",
        "best peer",
        "ratio to Muster",
    ]);
    for (part, row) in parts.iter().flat_map(Part::budgets) {
        let (peer, times) = part.best_peer(row).unwrap_or_default();
        table.add_row([
            part.full_title(row),
            part.own_figure(row),
            row.format_budget(),
            part.verdict(row).to_owned(),
            peer,
            times,
        ]);
    }
    table.render()
}

#[cfg(test)]
mod tests;
