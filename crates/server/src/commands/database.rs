//! `muster backup` and `muster verify`.

use crate::clock;
use anyhow::bail;
use muster_store::sqlite::{self, Missing, SqliteStore, Summary};
use std::path::Path;

pub async fn backup(path: &Path, target: &Path) -> anyhow::Result<()> {
    let store = SqliteStore::open(path, Missing::Refuse).await?;
    let result = store.backup(target).await;
    store.close().await;
    println!("{} holds, proven by opening it:", target.display());
    print_summary(&result?);
    Ok(())
}

pub async fn verify(path: &Path) -> anyhow::Result<()> {
    let report = sqlite::verify(path).await?;
    print_summary(&report.summary);
    for note in &report.notes {
        println!("Note: {note}");
    }
    for problem in &report.problems {
        println!("DAMAGE: {problem}");
    }
    match report.problems.len() {
        0 => println!("{} is whole.", path.display()),
        count => bail!(
            "{} has {count} problems; restore a backup, or ask for help with the list above",
            path.display()
        ),
    }
    Ok(())
}

fn print_summary(summary: &Summary) {
    println!(
        "  {} accounts, {} computers, {} samples",
        summary.accounts, summary.computers, summary.samples
    );
    if let Some((first_ms, last_ms)) = summary.first_ms.zip(summary.last_ms) {
        println!(
            "  from {} to {} (UTC)",
            clock::to_second(first_ms),
            clock::to_second(last_ms)
        );
    }
    println!("  {} bytes", summary.bytes);
}
