//! `muster backup` and `muster verify`.

use crate::ops::clock;
use anyhow::bail;
use muster_store::sqlite::{self, Missing, SqliteStore, Summary};
use std::path::Path;

pub async fn backup(path: &Path, target: &Path) -> anyhow::Result<()> {
    let store = SqliteStore::open(path, Missing::Refuse).await?;
    let result = store.backup(target).await;
    store.close().await;
    let summary = result?;
    say!("Wrote and verified {}:", target.display());
    print_summary(&summary);
    Ok(())
}

pub async fn verify(path: &Path) -> anyhow::Result<()> {
    let report = sqlite::verify(path).await?;
    print_summary(&report.summary);
    for note in &report.notes {
        say!("Note: {note}");
    }
    for problem in &report.problems {
        say!("DAMAGE: {problem}");
    }
    match report.problems.len() {
        0 => say!("{} is whole.", path.display()),
        count => bail!(
            "{} has {}; restore a backup, or report the problems listed above",
            path.display(),
            counted(count as u64, "problem")
        ),
    }
    Ok(())
}

fn print_summary(summary: &Summary) {
    say!(
        "  {}, {}, {}",
        counted(summary.accounts, "account"),
        counted(summary.computers, "computer"),
        counted(summary.samples, "sample")
    );
    if let Some((first_ms, last_ms)) = summary.first_ms.zip(summary.last_ms) {
        say!(
            "  from {} to {} (UTC)",
            clock::to_second(first_ms),
            clock::to_second(last_ms)
        );
    }
    say!("  {} bytes", summary.bytes);
}

fn counted(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
