//! The agent as a systemd service: `install` sets it up, `uninstall` removes it.
//!
//! Each is a list of steps, which are executed or, in a dry run, printed.

mod args;
mod error;
#[cfg(target_os = "linux")]
mod install;
#[cfg(target_os = "linux")]
mod paths;
#[cfg(target_os = "linux")]
mod step;
#[cfg(target_os = "linux")]
mod systemctl;
#[cfg(target_os = "linux")]
mod uninstall;

pub use args::{InstallArgs, UninstallArgs};
pub use error::ServiceError;

#[cfg(target_os = "linux")]
pub use install::install_service;
#[cfg(target_os = "linux")]
pub use uninstall::uninstall_service;

/// Fails: this command is for Linux only.
///
/// # Errors
/// Always.
#[cfg(not(target_os = "linux"))]
pub fn install_service(_: &InstallArgs) -> Result<(), ServiceError> {
    Err(ServiceError::OtherSystem)
}

/// Fails: this command is for Linux only.
///
/// # Errors
/// Always.
#[cfg(not(target_os = "linux"))]
pub fn uninstall_service(_: &UninstallArgs) -> Result<(), ServiceError> {
    Err(ServiceError::OtherSystem)
}
