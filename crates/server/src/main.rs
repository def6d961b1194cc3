//! `muster`: the server, and the administrator's commands.

use muster::config::Cli;
use muster::logging;
use std::process::ExitCode;

/// mimalloc separates allocations by size, so the long-lived state of each computer does not fragment the heap: with
/// eight thousand computers the server took 86 MB, compared to 139 MB with glibc. On Linux, SQLite uses it too: 5 MB
/// less, and a chart of a year takes 15 % less time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::from_arguments(std::env::args_os());
    let format = cli.log.log_format;
    if let Err(error) = logging::init_logging(format) {
        eprintln!("muster: {error}");
        return ExitCode::FAILURE;
    }
    match start(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            logging::report_failure(format, &error);
            ExitCode::FAILURE
        }
    }
}

fn start(cli: Cli) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let result = runtime.block_on(muster::commands::run(cli));
    // Does not wait for name lookups in progress.
    runtime.shutdown_background();
    result
}
