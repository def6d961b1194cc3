//! Runs `systemctl`.

use super::ServiceError;
use std::ffi::OsStr;
use std::process::{Command, Stdio};

/// Runs `systemctl` with these arguments.
///
/// # Errors
/// Its error output.
pub fn run_systemctl<const N: usize>(words: [&str; N]) -> Result<(), ServiceError> {
    let output = Command::new("systemctl")
        .args(words.map(OsStr::new))
        .stdin(Stdio::null())
        .output();
    let said = match output {
        Ok(output) if output.status.success() => return Ok(()),
        Ok(output) => String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        Err(error) => error.to_string(),
    };
    Err(ServiceError::Systemctl {
        command: words.join(" "),
        said,
    })
}
