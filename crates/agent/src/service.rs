//! The agent as a service of systemd: `install` sets it up, `uninstall` takes it away again.
//!
//! Each is a list of steps, which are done or, for a dry run, told.

mod args;
mod error;
#[cfg(target_os = "linux")]
mod install;
#[cfg(target_os = "linux")]
mod place;
#[cfg(target_os = "linux")]
mod step;
#[cfg(target_os = "linux")]
mod uninstall;

pub use args::{InstallArgs, UninstallArgs};
pub use error::ServiceError;

#[cfg(target_os = "linux")]
pub use install::install;
#[cfg(target_os = "linux")]
pub use uninstall::uninstall;

/// Says that this is for Linux alone.
///
/// # Errors
/// Always.
#[cfg(not(target_os = "linux"))]
pub fn install(_: &InstallArgs) -> Result<(), ServiceError> {
    Err(ServiceError::OtherSystem)
}

/// Says that this is for Linux alone.
///
/// # Errors
/// Always.
#[cfg(not(target_os = "linux"))]
pub fn uninstall(_: &UninstallArgs) -> Result<(), ServiceError> {
    Err(ServiceError::OtherSystem)
}
