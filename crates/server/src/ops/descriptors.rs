//! File descriptors: as many as this process may have, and who gets how many of them.

use std::io;

/// Raises the limit of open files as far as the system allows without asking anybody, and says what it is.
#[cfg(unix)]
#[must_use]
pub fn raise_limit() -> usize {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    let current = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => limit.maximum,
        Err(_) => limit.current,
    };
    current.map_or(usize::MAX, |count| {
        usize::try_from(count).unwrap_or(usize::MAX)
    })
}

/// Of so many files that may be open, those that browsers may have.
#[must_use]
pub fn for_browsers(limit: usize) -> usize {
    limit / 4
}

/// Those that connections to agents may have: the rest, but for what the database, the log and the resolver need.
#[must_use]
pub fn for_agents(limit: usize) -> usize {
    let own = (limit / 4).min(OWN);
    limit - for_browsers(limit) - own
}

/// Files that are neither browsers nor agents, at most.
const OWN: usize = 128;

/// Whether the system has no descriptor left for this process, or for any.
#[must_use]
pub fn is_short(error: &io::Error) -> bool {
    #[cfg(unix)]
    let codes =
        [rustix::io::Errno::MFILE, rustix::io::Errno::NFILE].map(|code| code.raw_os_error());
    // WSAEMFILE.
    #[cfg(not(unix))]
    let codes = [10_024];
    error
        .raw_os_error()
        .is_some_and(|code| codes.contains(&code))
}

/// Elsewhere there is no such limit.
#[cfg(not(unix))]
#[must_use]
pub fn raise_limit() -> usize {
    usize::MAX
}
