//! File descriptors: the limit of this process, and its shares for browsers and agents.

use std::io;

/// Raises the soft limit of open files to the hard limit, and returns it.
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

/// Descriptors for connections of browsers.
#[must_use]
pub fn browser_share(limit: usize) -> usize {
    limit / 4
}

/// Descriptors for connections to agents: all but those for browsers, the database, the log and the resolver.
#[must_use]
pub fn agent_share(limit: usize) -> usize {
    let own = (limit / 4).min(OWN);
    limit - browser_share(limit) - own
}

/// Descriptors for everything else, at most.
const OWN: usize = 128;

/// Whether an error means that this process or the system has no file descriptor left.
#[must_use]
pub fn is_descriptor_shortage(error: &io::Error) -> bool {
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

/// Other systems have no such limit.
#[cfg(not(unix))]
#[must_use]
pub fn raise_limit() -> usize {
    usize::MAX
}
