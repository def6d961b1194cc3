//! The flags of `install` and `uninstall`.

use clap::Args;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Flags of `install`.
#[derive(Args, Clone, Debug)]
pub struct InstallArgs {
    /// Address and port to listen on
    #[arg(
        long,
        env = "MUSTER_AGENT_LISTEN",
        default_value = "0.0.0.0:8000",
        value_name = "ADDRESS:PORT",
        value_parser = fixed_address
    )]
    pub listen: SocketAddr,

    /// Print what would be done, and do nothing
    #[arg(long)]
    pub dry_run: bool,

    /// The folder that replaces /
    #[arg(long, hide = true, default_value = "/", value_name = "FOLDER")]
    pub into: PathBuf,
}

/// Flags of `uninstall`.
#[derive(Args, Clone, Debug)]
pub struct UninstallArgs {
    /// Also delete the token and the recorded readings
    #[arg(long)]
    pub purge: bool,

    /// Print what would be done, and do nothing
    #[arg(long)]
    pub dry_run: bool,

    /// The folder that replaces /
    #[arg(long, hide = true, default_value = "/", value_name = "FOLDER")]
    pub into: PathBuf,
}

/// A fixed address: a server must find the agent again.
fn fixed_address(text: &str) -> Result<SocketAddr, String> {
    let address = text.parse::<SocketAddr>().ok();
    address
        .filter(|address| address.port() != 0)
        .ok_or_else(|| {
            "must be an address and a port other than 0, such as 0.0.0.0:8000".to_owned()
        })
}
