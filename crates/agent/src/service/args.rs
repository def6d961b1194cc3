//! The flags of `install` and `uninstall`.

use clap::Args;
use std::net::SocketAddr;
use std::path::PathBuf;

/// How to set the service up.
#[derive(Args, Clone, Debug)]
pub struct InstallArgs {
    /// Address and port to answer on
    #[arg(
        long,
        env = "MUSTER_AGENT_LISTEN",
        default_value = "0.0.0.0:8000",
        value_name = "ADDRESS:PORT",
        value_parser = fixed_address
    )]
    pub listen: SocketAddr,

    /// Say what would be done, and do nothing
    #[arg(long)]
    pub dry_run: bool,

    /// The folder that stands for /
    #[arg(long, hide = true, default_value = "/", value_name = "FOLDER")]
    pub into: PathBuf,
}

/// How to take it away.
#[derive(Args, Clone, Debug)]
pub struct UninstallArgs {
    /// Delete the token and the kept readings too
    #[arg(long)]
    pub purge: bool,

    /// Say what would be done, and do nothing
    #[arg(long)]
    pub dry_run: bool,

    /// The folder that stands for /
    #[arg(long, hide = true, default_value = "/", value_name = "FOLDER")]
    pub into: PathBuf,
}

/// An address that stays the same: a server must find it again.
fn fixed_address(text: &str) -> Result<SocketAddr, String> {
    let address = text.parse::<SocketAddr>().ok();
    address
        .filter(|address| address.port() != 0)
        .ok_or_else(|| "give an address and a port other than 0, like 0.0.0.0:8000".to_owned())
}
