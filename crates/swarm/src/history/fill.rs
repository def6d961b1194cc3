//! History into a file, as one of the programs keeps it or takes it.

use super::made::MadeArgs;
use super::{database, figure, flask, lines, openmetrics};
use clap::{Args, ValueEnum};
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

/// Which history, and how it is written.
#[derive(Args)]
pub struct FillArgs {
    #[command(flatten)]
    made: MadeArgs,
    /// How it is written
    #[arg(long = "as", value_enum, default_value = "muster")]
    format: Format,
    /// Seal each day once it is there (of Muster alone)
    #[arg(long, conflicts_with = "one_by_one")]
    seal: bool,
    /// Record one computer after another and not all in the order of time (in Muster alone): the rows of one
    /// lie together then and are sealed sooner; the sealed file holds the same
    #[arg(long)]
    one_by_one: bool,
    /// What the figures are called
    #[arg(long, default_value = "fill")]
    name: String,
    /// The file; a Muster database may be there already
    file: PathBuf,
}

/// Who keeps history like that.
#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// A Muster database
    Muster,
    /// A database of the Flask server, which has no room for further readings
    Flask,
    /// OpenMetrics text, as promtool takes it
    Openmetrics,
    /// JSON lines, as VictoriaMetrics takes them
    Lines,
}

pub async fn fill(args: &FillArgs) -> anyhow::Result<()> {
    let made = args.made.make()?;
    figure(&args.name, "samples", made.samples());
    figure(&args.name, "numbers", made.numbers());
    match args.format {
        Format::Muster if args.one_by_one => database::fill_one_by_one(&args.file, &made).await,
        Format::Muster => database::fill(&args.file, &made, args.seal, &args.name).await,
        Format::Flask => flask::fill(&args.file, &made).await,
        Format::Openmetrics => write(&args.file, |file| openmetrics::write(&made, file)),
        Format::Lines => write(&args.file, |file| lines::write(&made, file)),
    }
}

fn write(
    path: &Path,
    content: impl FnOnce(&mut BufWriter<File>) -> std::io::Result<()>,
) -> anyhow::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    content(&mut file)?;
    Ok(file.flush()?)
}
