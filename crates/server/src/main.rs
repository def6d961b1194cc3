//! `muster`: the server, and the administrator's commands.

use muster::config::Cli;
use muster::logging;
use std::process::ExitCode;

/// What is kept of each computer for long lies between what each answer needs for a moment. An allocator that keeps
/// sizes apart needs less for that: at eight thousand computers the same server had 86 MB, and 139 with glibc's. On
/// Linux SQLite, which has several threads, takes its memory from there too: 5 MB less, and a chart of a year in
/// 15 % less time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::read(std::env::args_os());
    let format = cli.log.log_format;
    if let Err(error) = logging::begin(format) {
        eprintln!("muster: {error}");
        return ExitCode::FAILURE;
    }
    match start(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            logging::failed(format, &error);
            ExitCode::FAILURE
        }
    }
}

fn start(cli: Cli) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let result = runtime.block_on(muster::commands::run(cli));
    // A name that the resolver still ponders keeps nobody from stopping.
    runtime.shutdown_background();
    result
}
