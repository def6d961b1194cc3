//! Writes history to a file in the format of one of several programs.

use super::generated::GeneratorArgs;
use super::{database, flask, lines, openmetrics, print_figure};
use clap::{Args, ValueEnum};
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

/// The history, and the format of the file.
#[derive(Args)]
pub struct FillArgs {
    #[command(flatten)]
    generator: GeneratorArgs,
    /// Format of the file
    #[arg(long = "as", value_enum, default_value = "muster")]
    format: Format,
    /// Seal each day once it is complete (Muster only)
    #[arg(long, conflicts_with = "one_by_one")]
    seal: bool,
    /// Record one computer after another instead of all in the order of time (Muster only): rows of one computer
    /// are adjacent and are sealed faster; the sealed file has the same content
    #[arg(long)]
    one_by_one: bool,
    /// Prefix of the figures' names
    #[arg(long, default_value = "fill")]
    name: String,
    /// The file; an existing Muster database is extended
    file: PathBuf,
}

/// A format of history.
#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// A Muster database
    Muster,
    /// A database of the Flask server, which cannot hold further series
    Flask,
    /// OpenMetrics text, which promtool imports
    Openmetrics,
    /// JSON lines, which VictoriaMetrics imports
    Lines,
}

pub async fn fill_file(args: &FillArgs) -> anyhow::Result<()> {
    let history = args.generator.generate()?;
    print_figure(&args.name, "samples", history.count_samples());
    print_figure(&args.name, "numbers", history.count_numbers());
    match args.format {
        Format::Muster if args.one_by_one => {
            database::fill_database_by_computer(&args.file, &history).await
        }
        Format::Muster => {
            database::fill_database(&args.file, &history, args.seal, &args.name).await
        }
        Format::Flask => flask::fill_flask_database(&args.file, &history).await,
        Format::Openmetrics => write_file(&args.file, |file| {
            openmetrics::write_openmetrics(&history, file)
        }),
        Format::Lines => write_file(&args.file, |file| lines::write_json_lines(&history, file)),
    }
}

fn write_file(
    path: &Path,
    content: impl FnOnce(&mut BufWriter<File>) -> std::io::Result<()>,
) -> anyhow::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    content(&mut file)?;
    Ok(file.flush()?)
}
