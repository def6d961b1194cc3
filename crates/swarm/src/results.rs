//! `bench/RESULTS.md`: all budgets, and by part what was measured, beside the peers; of the figures that the parts
//! of `scripts/bench` left, and of nothing else.

mod part;
mod row;
mod rows;

use crate::table::Table;
use part::Part;
use std::path::Path;

pub fn print(folder: &Path) -> anyhow::Result<()> {
    anyhow::ensure!(
        folder.is_dir(),
        "there is no folder {}: `make bench` makes one",
        folder.display()
    );
    let parts = rows::parts().map(|(name, rows)| Part::read(folder, name, rows));
    let parts: Vec<Part> = parts.into_iter().collect::<anyhow::Result<_>>()?;
    print!("{}", page(&parts));
    Ok(())
}

fn page(parts: &[Part]) -> String {
    let mut page = format!("{}\n## All budgets\n\n{}", head(parts), budgets(parts));
    for part in parts {
        page.push('\n');
        page.push_str(&part.section());
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
        "# What Muster costs, and what its peers do\n\n\
         Written by `make bench`: each part says when it was measured, and on what. A figure is the median of its \
         runs, with the least and the most where there were several; CPU time is the kernel's account of the \
         process, and not the clock's.\n\n\
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
        "times Muster's",
    ]);
    for (part, row) in parts.iter().flat_map(Part::budgets) {
        let (peer, times) = part.best_peer(row).unwrap_or_default();
        table.row([
            part.title_of(row),
            part.own(row),
            row.budget_shown(),
            part.verdict(row).to_owned(),
            peer,
            times,
        ]);
    }
    table.render()
}

#[cfg(test)]
mod tests;
